# Earshot in one image: the same for the migration, the workers, the relay and the board.
# BASE_IMAGE is any image with Python 3.11 or newer as `python3`, with its venv module.
ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS build
WORKDIR /src
# The libraries change less often than the code, so they are a layer of their own.
COPY locks/runtime.txt locks/
RUN python3 -m venv /opt/earshot \
    && /opt/earshot/bin/python -m pip install --no-cache-dir --require-hashes --requirement locks/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY nlp nlp
COPY insights insights
COPY api api
COPY dashboard dashboard
COPY pipelines pipelines
RUN /opt/earshot/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM ${BASE_IMAGE}
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/earshot earshot
COPY --from=build /opt/earshot /opt/earshot
ENV PATH=/opt/earshot/bin:$PATH \
    EARSHOT_DATA_DIR=/var/lib/earshot \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /var/lib/earshot
USER 10001
VOLUME /var/lib/earshot
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=30s --start-period=60s --retries=3 CMD ["earshot", "doctor"]
ENTRYPOINT ["earshot"]
CMD ["--help"]
