import type { ContainerShape } from "../engine/shape.ts";
import { renderPublish } from "../engine/shape.ts";
import { renderYaml } from "./yaml.ts";

/** A compose file that sets a container up as `kasmix run` does. */
export function renderCompose(workspace: string, image: string, shape: ContainerShape): string {
  const { name, hostname, secret, volumes, memory, cpus, sharedMemory } = shape;
  const service = {
    image,
    container_name: name,
    hostname,
    ports: [renderPublish(shape)],
    environment: { [secret]: `\${${secret}:?set it in the environment or in .env}` },
    volumes: volumes.map((volume) => `${volume.name}:${volume.path}`),
    mem_limit: memory,
    cpus,
    shm_size: sharedMemory,
    cap_drop: shape.capDrop,
    security_opt: shape.securityOptions,
    restart: shape.restart,
    labels: shape.labels,
  };
  const file = {
    name,
    services: { [workspace]: service },
    // Their own names, so that a home that `kasmix run` has made is this one's too.
    volumes: Object.fromEntries(
      volumes.map((volume) => [volume.name, { name: volume.name, labels: shape.labels }]),
    ),
  };
  return renderYaml([file], [`Made by kasmix manifest. ${secret} is the password of kasm_user.`]);
}
