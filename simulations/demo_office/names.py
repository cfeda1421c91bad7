"""Invented names: people of the office and customers, towns, goods, mishaps."""

GIVEN: tuple[str, ...] = (
    "Adrián", "Aitana", "Alba", "Alejandro", "Amina", "Ana", "Andreea", "Ángel", "Beatriz", "Bruno", "Carla", "Carlos",
    "Carmen", "Chen", "Clara", "Daniela", "David", "Diego", "Elena", "Emeka", "Emma", "Esther", "Fátima", "Fernando",
    "Gabriela", "Gonzalo", "Hamza", "Héctor", "Hugo", "Ibrahim", "Inés", "Ioana", "Irene", "Iván", "Jaime", "Javier",
    "Joana", "Jorge", "Julia", "Khadija", "Laia", "Laura", "Leire", "Lucía", "Luis", "Malik", "Marcos", "María",
    "Marina", "Marta", "Mateo", "Mei", "Mihai", "Miriam", "Nadia", "Nerea", "Nicolás", "Noelia", "Nuria", "Olga",
    "Omar", "Óscar", "Pablo", "Paula", "Pedro", "Pilar", "Raquel", "Raúl", "Rocío", "Rodrigo", "Rosa", "Rubén", "Salma",
    "Samuel", "Sara", "Sergio", "Silvia", "Sofía", "Tadeusz", "Teresa", "Tomás", "Valentina", "Vera", "Víctor",
    "Ximena", "Yara", "Yolanda", "Youssef", "Zoe",
)  # fmt: skip

FAMILY: tuple[str, ...] = (
    "Abad", "Aguirre", "Alonso", "Álvarez", "Amrani", "Andrade", "Arroyo", "Benali", "Blanco", "Bravo", "Calvo",
    "Campos", "Cano", "Carvalho", "Castro", "Cordero", "Costa", "Cruz", "Delgado", "Díaz", "Domínguez", "Duarte",
    "Echeverría", "Escudero", "Esteban", "Ferrer", "Flores", "Fuentes", "Gallego", "Garrido", "Gil", "Goicoechea",
    "Herrera", "Hidalgo", "Ibáñez", "Iglesias", "Ionescu", "Izquierdo", "Jiménez", "Kowalska", "León", "Lin", "Lozano",
    "Marín", "Márquez", "Medina", "Mendoza", "Molina", "Montero", "Mora", "Moreno", "Navarro", "Nieto", "Núñez",
    "Ochoa", "Okafor", "Oliveira", "Ortega", "Otero", "Pardo", "Pascual", "Peña", "Popescu", "Prieto", "Quintana",
    "Ramos", "Rey", "Ríos", "Robles", "Rojas", "Rubio", "Salas", "Sánchez", "Santos", "Serrano", "Silva", "Soler",
    "Soto", "Suárez", "Torres", "Ueda", "Urrutia", "Vargas", "Vega", "Velasco", "Vidal", "Wójcik", "Yusuf", "Zapata",
)  # fmt: skip

TOWNS: tuple[str, ...] = (
    "Alcalá de Henares", "Alicante", "Almería", "Badajoz", "Bilbao", "Burgos", "Cádiz", "Cartagena", "Córdoba",
    "Cuenca", "Gijón", "Girona", "Granada", "Huelva", "Jaén", "León", "Logroño", "Lugo", "Málaga", "Mérida", "Murcia",
    "Oviedo", "Palma", "Pamplona", "Salamanca", "Santander", "Segovia", "Sevilla", "Soria", "Toledo", "Valencia",
    "Valladolid", "Vigo", "Vitoria", "Zamora", "Zaragoza",
)  # fmt: skip

GOODS: tuple[str, ...] = (
    "router R-220", "desk lamp", "office chair", "bookshelf", "water filter", "smart meter", "two bedside tables",
    "SIM card", "coffee machine", "wall box 11 kW", "TV decoder", "solar kit", "kitchen table", "thermostat",
    "six dining chairs", "fibre modem", "garden bench", "heat pump remote",
)  # fmt: skip

DAMAGES: tuple[str, ...] = (
    "water damage in the kitchen", "rear-end collision", "stolen bicycle", "broken windscreen", "storm damage, roof",
    "burst pipe", "lost luggage", "fire in the garage", "hail damage", "broken phone screen", "burglary",
)  # fmt: skip

GRIEVANCES: tuple[str, ...] = (
    "cut off by mistake", "promised discount missing", "technician did not come", "three letters unanswered",
    "cancelled contract still charged", "rude on the phone", "delivery damaged twice", "claim refused without reason",
    "price rise not announced", "waiting for a refund since January",
)  # fmt: skip

MONTHS: tuple[str, ...] = ("November", "December", "January", "February")
