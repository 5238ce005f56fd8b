# One image for every component of docker-compose.yaml; the command says which.
FROM python:3.12-slim-bookworm

# The lock of the laptop: complete, so --no-deps; hashed, so what was tested is what is installed (docs/decisions/0003).
# Wheels only, because a source package runs its build script here; `names`, name lists, is published in no other form.
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: --no-binary names \
    -r /tmp/requirements.txt

# Named volumes take owner and mode from these folders when they are first mounted.
RUN useradd --uid 50000 --create-home crosscheck \
 && install -d -o crosscheck -g crosscheck /data /data/landing /data/staging /data/logs /data/world

WORKDIR /opt/crosscheck
COPY . .
# Containers run read-only and cannot write bytecode themselves; pip has compiled the packages.
RUN python -m compileall -q .

ENV PYTHONPATH=/opt/crosscheck \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/home/crosscheck/airflow
USER crosscheck
