// Files, finds, reads, changes and deletes a document through the vendor's own client, and prints what it saw as JSON.
// The client follows the HAL relations itself; the requests are those the vendor's packages make with it.
// Usage: node filing.cjs ADDRESS KEY REPOSITORY
const { defaultDvelopHttpClientFactory } = require("@dvelop-sdk/core");

const [address, key, repositoryid] = process.argv.slice(2);
const client = defaultDvelopHttpClientFactory();
const source = `/dms/r/${repositoryid}/source`;
const id = "0c0e5f5e-3c52-4c8f-8f0a-5f4d7b9f6a11";

async function main() {
  const seen = {};
  const byKey = { systemBaseUri: address, authSessionId: key };
  const login = await client.request(byKey, { method: "GET", url: "/identityprovider", follows: ["login"] });
  const context = { systemBaseUri: address, authSessionId: login.data.AuthSessionId };
  const get = (url, follows, templates, more) =>
    client.request(context, { method: "GET", url, follows, templates, ...more });
  const repo = (method, follows, templates, more) =>
    client.request(context, { method, url: "/dms", follows: ["repo", ...follows], templates: { repositoryid, ...templates }, ...more });
  const dms = (method, follow, dmsobjectid, more) =>
    repo(method, follow ? ["dmsobjectwithmapping", follow] : ["dmsobjectwithmapping"], { dmsobjectid, sourceid: source }, more);

  seen.user = (await get("/identityprovider", ["validate"])).data;
  seen.repositories = (await get("/dms", ["allrepos"])).data.repositories;
  seen.source = (await repo("GET", ["source"])).data;
  seen.mappings = (await repo("GET", ["mappingconfig"], { sourceid: source })).data.mappings;

  const upload = await repo("POST", ["chunkedupload"], {}, {
    headers: { "Content-Type": "application/octet-stream" }, data: Buffer.from("%PDF-1.7 Brief"),
  });
  seen.upload = upload.headers.location;
  const stored = await repo("POST", ["dmsobjectwithmapping"], {}, {
    data: {
      sourceId: source, sourceCategory: "POSTE", fileName: "Brief.pdf", contentLocationUri: seen.upload,
      alterationText: "neu", dmsObject: {},
      sourceProperties: { properties: [{ key: "1", values: [id] }, { key: "3", values: ["zwei Wörter"] }, { key: "15", values: ["a", "", "c"] }] },
    },
  });
  seen.stored = { status: stored.status, location: stored.headers.location };
  const document = /o2m\/([^?]+)/.exec(seen.stored.location)[1];
  seen.read = (await dms("GET", null, document)).data;
  seen.found = (await repo("GET", ["searchresultwithmapping"], {
    sourceid: source, sourceproperties: { "1": [id], "3": ["zwei Wörter"] }, sourcecategories: ["POSTE"], page: 1, pagesize: 10,
  })).data;
  const file = await dms("GET", "mainblobcontent", document, { responseType: "arraybuffer" });
  seen.content = Buffer.from(file.data).toString("utf8");
  await dms("PUT", "update", document, {
    data: { sourceId: source, alterationText: "berichtigt", sourceProperties: { properties: [{ key: "3", values: ["bescheid"] }] } },
  });
  await dms("PUT", "displayVersion", document, {
    data: { sourceId: source, alterationText: "", sourceProperties: { properties: [
      { key: "property_state", values: ["Processing"] }, { key: "property_editor", values: [seen.user.id] }] } },
  });
  seen.changed = (await dms("GET", null, document)).data;
  await dms("POST", "notes", document, { data: { text: "Notiz" } });
  seen.notes = (await dms("GET", "notes", document)).data.notes;

  const dossier = await repo("POST", ["dmsobjectwithmapping"], {}, {
    data: { sourceId: source, sourceCategory: "AKTE", sourceProperties: { properties: [{ key: "20", values: ["51-POSTEINGANG"] }] } },
  });
  const dossierId = /o2m\/([^?]+)/.exec(dossier.headers.location)[1];
  await dms("POST", "linkDmsObject", dossierId, { data: { dmsObjectIds: [document] } });
  seen.children = (await repo("GET", ["searchresultwithmapping"], { sourceid: source, children_of: dossierId })).data;

  const task = await client.request(context, { method: "POST", url: "/task/tasks", data: {
    subject: "Prüfen", assignees: ["gruppe-22"], correlationKey: "eins", dmsObject: { repositoryId: repositoryid },
    dmsReferences: [{ repoId: repositoryid, objectId: document }] } });
  seen.task = (await client.request(context, { method: "GET", url: task.headers.location })).data;
  await client.request(context, { method: "POST", url: `${task.headers.location}/completionState`, data: { complete: true } });
  seen.count = (await client.request(context, { method: "GET", url: "/task/count/all" })).data.count;
  seen.tasks = (await client.request(context, { method: "POST", url: "/task/api/tasks/search", data: {
    pageSize: 10, orderBy: "received", orderDir: "ASC", filter: { dmsObjectId: [document] } } })).data.tasks;

  await dms("DELETE", "deleteWithReason", document, { data: { reason: "Versehen" } });
  seen.gone = await dms("GET", null, document).then(() => 200, (error) => error.response.status);
  process.stdout.write(JSON.stringify(seen));
}

main().catch((error) => {
  const answer = error.response;
  process.stderr.write(JSON.stringify({ message: error.message, status: answer && answer.status, body: answer && answer.data }));
  process.exit(1);
});
