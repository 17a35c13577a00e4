# `make help` says what there is. Everything works from a bare Debian 12 or 13 with make.
.DEFAULT_GOAL := help
.PHONY: help run test ingest validate bench stop clean server client

CLIENT = var/env/client/bin/python

help:
	@echo 'make run       install what is missing, set up, take in inputs/, serve on http://localhost:8080/ (Ctrl-C ends it)'
	@echo 'make ingest    take in what is new under inputs/'
	@echo 'make validate  check the descriptors and run their regression tests'
	@echo 'make test      run the test suite on an instance of its own'
	@echo 'make bench     measure ingestion and services on an archive of 1.5 million points (ARGS=--large: and of 20 million)'
	@echo 'make stop      end the running instance'
	@echo 'make clean     remove environments, caches and test instances; the archive stays'
	@echo
	@echo 'Settings: PHOTVO_PORT, PHOTVO_STATE, PHOTVO_INPUTS, PHOTVO_AUTHORITY, PHOTVO_SERVER_URL,'
	@echo 'in the environment or in .env. More: bin/photvo --help'
	@echo 'To throw the archive away as well (all that was taken in!): make stop; rm -r var'

server:
	@sh etc/packages.sh server
	@sh etc/environment.sh server

client:
	@sh etc/packages.sh test
	@sh etc/environment.sh server
	@sh etc/environment.sh client

run: server
	@bin/photvo run

ingest: server
	@bin/photvo ingest

validate: server
	@bin/photvo validate

stop:
	@bin/photvo stop

test: client
	@$(CLIENT) -m pytest -n 2 $(ARGS)

bench: client
	@PYTHONPATH=resources:tests $(CLIENT) -m bench $(ARGS)

clean:
	rm -rf var/test var/bench var/env .pytest_cache .hypothesis
	find resources tests -name __pycache__ -type d -prune -exec rm -rf {} +
