import { inflateRawSync } from "node:zlib";

/** What programs see while the camera is off: a JPEG of a camera that is crossed out, on grey. */
export function renderOffPicture(): Buffer {
  return inflateRawSync(Buffer.from(PACKED.join(""), "base64"));
}

const PACKED = [
  "+3/j/wMGAS83TzcGRkYGBkYgZPj/iPGGp7NzfECQv5unjytE4gQDELAYMDDk5pUUBbk7KURERimwP4DoAIHE5OICBtwAqOrbNYjay7oM",
  "pAPOlNTiZCD9AYhVioCWA40UAbJF0iFsDRA7CcK2AbHLSwpKgOwAELsoJMgZyE4BsjXSkdhJSOzkgiKQ+h4g2yY3pzQZ4W4GntS80GAg",
  "zQHEMgzFDEEM7gxOIP9DlOQvYmCw+MrAwDwBIZY0k4FheysDg8QthJjKAgYG/hYGhm3nEWKIMClILEoEC7EAMVNaGgPDp+UMDLyRDAzC",
  "FxgYuKJhAYHDbQpgt7kz5ANhOkMOQypQxJMhjyGZQQ/IMmIwYDBkMPt/m8GZIcDcxs3GKMDN0S0qNCC+4kRTRV5exdf1Oyee+E8cABrC",
  "GBoVVZFZ8bqp6fV/8sABBkEOxgdMDcyMSgxMgozMgoz/jzBIANMaIyMjcryzMDMyAWXkBEDizGAE8z0Ts6CiYWDiREegvAiqLhAAiQpi",
  "it5i4AGawSTILMhgzzCFYRSMLMB4c3bqpppyy117XSXPnHnFFLhfXbzu+fuHHRbkmsjsp3vm3prf/7b/mvheZrr8Dq7IT4Vnq23WF531",
  "e7xg0mn90KPRR+58/zU/cufegEpyLYngLF49+05g79nz9v0OfJGmVusaZteUy+/4sIEl6YBgN4ObDqMEnOlGisk6bhsY3LhZEnQkCj99",
  "fbbP7Bdfs52f5fr0KVKcOpu+xrA2GYhxHIhQZkzoTeC4pkyKyWLKEUymHQcY2PcUxdQ9PsD1dNbc40HPw813LJaePa+e4Z7a8/1Xfp09",
  "+2pV0cmVV1ma7/14Z1/4AKiPteMaA9Cyow3KYgw9EUyGSQbExWySaYNyBKj8Zk/d9F2G0V1e5fr0UxeV8+zi/ly/f8Lk1/HJ3euLP+7g",
  "OPZnTuzv+fvbFB4gPC/YsMFtA0u2YANRVnELrmGUOpIA4Vzvn77e9OP2K/0VT3b8PRB0fnJf9s2n1dOyymVZpkVWrdOC+7P51JFsBreN",
  "EugGEABMcF3g1HattLi6y3DnzucftTfdrG5Ye1pteejj/knZp59mcG4/Xvi7K+bXC0hEIQKEmASGGr3s0YWfvj/b9y+CYUPi8dPXZ/24",
  "w9J1AJLIshnICyeYX9jn5OVV/mFfAIp1dpfbj3f8Pd4ATF9ExjIkVcGSBlIqATqfgVN103fRxawyNZPj4rVdenf8rP4cX69w+bWcn97e",
  "88ceKEt/Kix/V/dPopk45wPdD0wWTAclYCkEmQnyFvFRf4LcjM8fefXsO41jz57PP7LudOo7pu06s+aG99l5rtefukDtvuzxdzbavw5P",
  "FzbfWfefoeEMubYgont11My5V35dvfpuZ2nOpPt9oxXGSAPM/28CAA==",
];
