"""How gunicorn serves the application; the command line and GUNICORN_CMD_ARGS override it."""

workers = 2
threads = 4
worker_class = "gthread"
preload_app = False
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True
accesslog = None  # requests are logged by the application, by endpoint: an address may hold a secret
loglevel = "warning"
