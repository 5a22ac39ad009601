/** What the list of devices will call this one: enough to recognise it, nothing that identifies it. */
export function deviceName(agent = navigator.userAgent): string {
  const browser = [
    { named: "Edge", mark: /Edg\//u },
    { named: "Firefox", mark: /Firefox\//u },
    { named: "Chrome", mark: /Chrome\//u },
    { named: "Safari", mark: /Safari\//u },
  ].find(({ mark }) => mark.test(agent))?.named;
  const system = [
    { named: "iPhone", mark: /iPhone/u },
    { named: "iPad", mark: /iPad/u },
    { named: "Android", mark: /Android/u },
    { named: "Mac", mark: /Macintosh/u },
    { named: "Windows", mark: /Windows/u },
    { named: "Linux", mark: /Linux/u },
  ].find(({ mark }) => mark.test(agent))?.named;
  return [browser ?? "Browser", system].filter((part) => part !== undefined).join(" on ");
}
