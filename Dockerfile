# syntax=docker/dockerfile:1
# Goodsight as an image: installed from hashed locks, run by a user who owns nothing but its home.

# The tag follows Python's own mends. To pin the very bytes, add their digest:
#   --build-arg PYTHON_IMAGE=python:3.13-slim-trixie@sha256:...
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
# `serve` is the page and the API; `quality` adds the profile of that name.
ARG LOCK=serve
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements/build.txt requirements/${LOCK}.txt requirements/
RUN python -m venv /opt/goodsight \
 && /opt/goodsight/bin/python -m pip install \
      --require-hashes --only-binary :all: -r requirements/${LOCK}.txt
RUN python -m venv /build/tools \
 && /build/tools/bin/python -m pip install \
      --require-hashes --only-binary :all: -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
# What builds the wheel stays in this stage, and so does pip.
RUN /build/tools/bin/python -m pip wheel \
      --no-deps --no-build-isolation --no-index --wheel-dir dist . \
 && /opt/goodsight/bin/python -m pip install --no-deps --no-index dist/*.whl \
 && /opt/goodsight/bin/python -m pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Goodsight" \
      org.opencontainers.image.description="Search a shop's catalogue with a photo" \
      org.opencontainers.image.licenses="Apache-2.0"
# A number of its own, so that files in a volume belong to nobody else of the machine.
RUN groupadd --gid 10001 goodsight \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/goodsight --no-create-home \
      --shell /usr/sbin/nologin goodsight \
 && install --directory --owner goodsight --group goodsight --mode 0700 /var/lib/goodsight
COPY --from=build /opt/goodsight /opt/goodsight
COPY container/entrypoint.sh container/health.py /opt/goodsight/container/
# Everything that is written goes to the home or to /tmp: the rest may be read-only.
ENV PATH=/opt/goodsight/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GOODSIGHT_HOME=/var/lib/goodsight \
    GOODSIGHT_HOST=0.0.0.0 \
    GOODSIGHT_PORT=8000
USER 10001:10001
WORKDIR /var/lib/goodsight
VOLUME /var/lib/goodsight
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 \
  CMD ["python", "/opt/goodsight/container/health.py"]
ENTRYPOINT ["sh", "/opt/goodsight/container/entrypoint.sh"]
CMD ["serve"]
