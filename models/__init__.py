"""What we know: vocabulary, errors, time, public files, tables, repositories, migrations."""
