/** A graph as a TensorFlow SavedModel: the one form in which tfjs-node takes a graph that it is to run. */
import { createRequire } from "node:module";
import type { BindingAttribute, Binding } from "../native.js";
import type { Constant, Graph, GraphNode } from "./trace.js";

/** TensorFlow's protocol buffers in tfjs-node, which has no types for them: those used here. */
interface Messages {
  readonly AttrValue: (new () => AttrValue) & { readonly ListValue: new () => ListValue };
  readonly GraphDef: new () => { addNode(node: NodeDef): void; setVersions(version: VersionDef): void };
  readonly MetaGraphDef: (new () => {
    setMetaInfoDef(info: MetaInfoDef): void;
    setGraphDef(graph: object): void;
  }) & {
    readonly MetaInfoDef: new () => MetaInfoDef;
  };
  readonly NodeDef: new () => NodeDef;
  readonly SavedModel: new () => {
    setSavedModelSchemaVersion(version: number): void;
    addMetaGraphs(graph: object): void;
    serializeBinary(): Uint8Array;
  };
  readonly Tensor: new () => TensorProto;
  readonly TensorShape: (new () => TensorShape) & { readonly Dim: new () => { setSize(size: number): void } };
  readonly VersionDef: new () => VersionDef;
}

interface MetaInfoDef {
  setTagsList(tags: string[]): void;
}
interface VersionDef {
  setProducer(version: number): void;
}
interface TensorShape {
  addDim(dim: object): void;
}
interface TensorProto {
  setDtype(dtype: number): void;
  setTensorShape(shape: TensorShape): void;
  setTensorContent(content: Uint8Array): void;
}
interface ListValue {
  setIList(values: number[]): void;
  setFList(values: number[]): void;
}
interface AttrValue {
  setB(value: boolean): void;
  setF(value: number): void;
  setI(value: number): void;
  setList(list: ListValue): void;
  setS(value: Uint8Array): void;
  setShape(shape: TensorShape): void;
  setTensor(tensor: TensorProto): void;
  setType(type: number): void;
}
interface NodeDef {
  setName(name: string): void;
  setOp(operation: string): void;
  setInputList(inputs: string[]): void;
  getAttrMap(): { set(name: string, value: AttrValue): void };
}

const require = createRequire(import.meta.url);

export const tag = "serve";
/** The version of GraphDef that the operations of tfjs-node 4.22 are of: after 2022, before any they would have to change for. */
const graphVersion = 1205;

/** The bytes of `saved_model.pb`. */
export function savedModel(graph: Graph, binding: Binding): Uint8Array {
  const messages = require("@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js") as Messages;
  const definition = new messages.GraphDef();
  for (const node of graph.nodes) definition.addNode(nodeMessage(node, binding, messages));
  const version = new messages.VersionDef();
  version.setProducer(graphVersion);
  definition.setVersions(version);
  const info = new messages.MetaGraphDef.MetaInfoDef();
  info.setTagsList([tag]);
  const meta = new messages.MetaGraphDef();
  meta.setMetaInfoDef(info);
  meta.setGraphDef(definition);
  const model = new messages.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(meta);
  return model.serializeBinary();
}

function nodeMessage(node: GraphNode, binding: Binding, messages: Messages): NodeDef {
  const message = new messages.NodeDef();
  message.setName(node.name);
  message.setOp(node.operation);
  message.setInputList([...node.inputs]);
  const attributes = message.getAttrMap();
  const { constant } = node;
  if (constant !== undefined) {
    const dtype = new messages.AttrValue();
    dtype.setType(constant.dtype);
    attributes.set("dtype", dtype);
    const value = new messages.AttrValue();
    value.setTensor(tensorMessage(constant, messages));
    attributes.set("value", value);
  }
  for (const attribute of node.attributes)
    attributes.set(attribute.name, attributeMessage(attribute, node.operation, binding, messages));
  return message;
}

function tensorMessage({ shape, dtype, data }: Constant, messages: Messages): TensorProto {
  const message = new messages.Tensor();
  message.setDtype(dtype);
  message.setTensorShape(shapeMessage(shape, messages));
  message.setTensorContent(data);
  return message;
}

function shapeMessage(shape: readonly number[], messages: Messages): TensorShape {
  const message = new messages.TensorShape();
  for (const size of shape) {
    const dim = new messages.TensorShape.Dim();
    dim.setSize(size);
    message.addDim(dim);
  }
  return message;
}

function attributeMessage(
  { name, type, value }: BindingAttribute,
  operation: string,
  binding: Binding,
  messages: Messages,
): AttrValue {
  const message = new messages.AttrValue();
  const list = new messages.AttrValue.ListValue();
  const whole = type === binding.TF_ATTR_INT;
  if (type === binding.TF_ATTR_SHAPE) message.setShape(shapeMessage(value as number[], messages));
  else if (type === binding.TF_ATTR_TYPE) message.setType(value as number);
  else if (type === binding.TF_ATTR_STRING) message.setS(Buffer.from(value as string, "utf8"));
  else if (type === binding.TF_ATTR_BOOL && !Array.isArray(value)) message.setB(value as boolean);
  else if (whole && Array.isArray(value)) {
    list.setIList(value as number[]);
    message.setList(list);
  } else if (whole) message.setI(value as number);
  else if (type === binding.TF_ATTR_FLOAT && !Array.isArray(value)) message.setF(value as number);
  else
    throw new Error(
      `the attribute ${name} of ${operation} is of a kind (${type}) that no graph was made with yet`,
    );
  return message;
}
