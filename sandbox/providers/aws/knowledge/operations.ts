// Logs, alarms, messages, audit, images, functions.
import type { Types } from "./model.ts";
import { dottedWords, logGroupName, queueName, repositoryName, topicName, words } from "./names.ts";

export const operations: Types = {
  "aws:cloudwatch/logGroup:LogGroup": {
    id: "{name}",
    makes: { arn: "arn:{partition}:logs:{region}:{account}:log-group:{name}", logGroupClass: "STANDARD" },
    fixed: ["namePrefix", "logGroupClass"],
    names: { name: logGroupName },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    id: "{name}",
    makes: { arn: "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}", evaluateLowSampleCountPercentiles: "" },
  },
  "aws:cloudwatch/eventRule:EventRule": {
    id: "{name}",
    makes: { arn: "arn:{partition}:events:{region}:{account}:rule/{name}" },
    fixed: ["namePrefix", "eventBusName"],
    names: { name: dottedWords(1, 64) },
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    id: "{rule}-{targetId}",
    makes: { targetId: "terraform-{digits:20}" },
    fixed: ["rule", "targetId", "eventBusName"],
  },
  "aws:sns/topic:Topic": {
    id: "{arn}",
    makes: {
      arn: "arn:{partition}:sns:{region}:{account}:{name}",
      owner: "{account}",
      beginningArchiveTime: "",
      policy: "",
    },
    fixed: ["namePrefix", "fifoTopic"],
    names: { name: topicName },
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    id: "{arn}",
    makes: {
      arn: "{topic}:{uuid}",
      ownerId: "{account}",
      pendingConfirmation: false,
      confirmationWasAuthenticated: true,
    },
    fixed: ["topic", "protocol", "endpoint"],
  },
  "aws:sns/topicPolicy:TopicPolicy": { id: "{arn}", makes: { owner: "{account}" }, fixed: ["arn"] },
  "aws:sqs/queue:Queue": {
    id: "https://sqs.{region}.amazonaws.com/{account}/{name}",
    makes: { arn: "arn:{partition}:sqs:{region}:{account}:{name}", url: "{id}" },
    fixed: ["namePrefix", "fifoQueue"],
    names: { name: queueName },
    ranges: { messageRetentionSeconds: [60, 1209600], visibilityTimeoutSeconds: [0, 43200] },
  },
  "aws:sqs/queuePolicy:QueuePolicy": { id: "{queueUrl}", fixed: ["queueUrl"] },

  "aws:cloudtrail/trail:Trail": {
    id: "{arn}",
    makes: {
      arn: "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}",
      homeRegion: "{region}",
      snsTopicArn: "",
    },
    names: { name: dottedWords(3, 128) },
  },
  "aws:guardduty/detector:Detector": {
    id: "{hex:32}",
    makes: {
      arn: "arn:{partition}:guardduty:{region}:{account}:detector/{id}",
      accountId: "{account}",
      findingPublishingFrequency: "SIX_HOURS",
    },
  },
  "aws:guardduty/detectorFeature:DetectorFeature": { id: "{detectorId}/{name}", fixed: ["detectorId"] },
  "aws:securityhub/account:Account": {
    id: "{account}",
    makes: { arn: "arn:{partition}:securityhub:{region}:{account}:hub/default" },
  },
  "aws:accessanalyzer/analyzer:Analyzer": {
    id: "{analyzerName}",
    makes: { arn: "arn:{partition}:access-analyzer:{region}:{account}:analyzer/{analyzerName}" },
    fixed: ["analyzerName", "type"],
  },
  "aws:ebs/encryptionByDefault:EncryptionByDefault": { id: "terraform-{digits:20}" },

  "aws:ecr/repository:Repository": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:ecr:{region}:{account}:repository/{name}",
      registryId: "{account}",
      repositoryUrl: "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
    },
    fixed: ["encryptionConfigurations"],
    names: { name: repositoryName },
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    id: "{repository}",
    makes: { registryId: "{account}" },
    fixed: ["repository", "policy"],
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": {
    id: "{repository}",
    makes: { registryId: "{account}" },
    fixed: ["repository"],
  },
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {
    id: "{ecrRepositoryPrefix}",
    makes: { registryId: "{account}" },
    fixed: ["ecrRepositoryPrefix", "upstreamRegistryUrl"],
  },
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": {
    id: "{account}",
    makes: { registryId: "{account}" },
  },

  "aws:lambda/function:Function": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:lambda:{region}:{account}:function:{name}",
      invokeArn: "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
      qualifiedArn: "{arn}:$LATEST",
      qualifiedInvokeArn: "{invokeArn}",
      lastModified: "{now}",
      version: "$LATEST",
      codeSha256: "{base64:44}",
      sourceCodeSize: 1024,
    },
    changing: ["lastModified"],
    fixed: ["packageType"],
    names: { name: words(1, 64) },
    ranges: { memorySize: [128, 10240], timeout: [1, 900] },
  },
  "aws:lambda/permission:Permission": {
    id: "{statementId}",
    makes: { statementId: "terraform-{digits:20}" },
    fixed: ["action", "function", "principal", "sourceArn", "statementId", "sourceAccount", "qualifier"],
  },
};
