# syntax=docker/dockerfile:1

# Debian, not Alpine: better-sqlite3 is compiled against glibc.
FROM node:24-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    AVAL_CONFIG=/etc/aval/aval.yaml
RUN groupadd --gid 10001 aval \
 && useradd --uid 10001 --gid aval --home-dir /var/lib/aval --shell /usr/sbin/nologin aval \
 && install -d -o aval -g aval -m 0700 /var/lib/aval
WORKDIR /var/lib/aval
COPY --from=build /build/package.json /opt/aval/package.json
COPY --from=build /build/node_modules /opt/aval/node_modules
COPY --from=build /build/dist /opt/aval/dist
COPY docs/journal-format.md /opt/aval/docs/journal-format.md
COPY config /etc/aval
RUN ln -s /opt/aval/dist/main.js /usr/local/bin/aval && chmod 0755 /opt/aval/dist/main.js
USER aval
VOLUME /var/lib/aval
EXPOSE 2525 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["aval", "healthcheck"]
ENTRYPOINT ["aval"]
CMD ["serve"]
