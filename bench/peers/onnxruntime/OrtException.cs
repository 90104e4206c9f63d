namespace Attune.Peers.OnnxRuntime;

/// <summary>ONNX Runtime refused something; the message is its own.</summary>
internal sealed class OrtException(string message) : Exception(message);
