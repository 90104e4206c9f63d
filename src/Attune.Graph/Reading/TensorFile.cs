using Attune.Devices;
using Attune.Devices.Files;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Google.Protobuf;

namespace Attune.Graph.Reading;

/// <summary>Single tensors in files of ONNX's tensor message, as test suites keep their inputs and expected outputs.</summary>
public static class TensorFile
{
    /// <summary>Reads a tensor; what is wrong with the file otherwise.</summary>
    /// <param name="path">File that holds one serialised TensorProto.</param>
    public static Result<Tensor, ModelFault> ReadProtobuf(string path)
    {
        var faults = new FaultList();
        TensorProto? proto = ProtobufFile.Parse<TensorProto>(path, int.MaxValue, ReadOptions.Default.MaximumDepth, faults);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty;
        Tensor? tensor = proto is null ? null : new OnnxTensorReader(new ExternalData(folder), Array.MaxLength, faults).Read(proto, path);
        return tensor is not null ? tensor : faults.Faults[0];
    }

    /// <summary>Writes a tensor, atomically: an interrupted write leaves the old file or none.</summary>
    /// <param name="path">Target file.</param>
    /// <param name="tensor">The tensor, below 2 GiB.</param>
    /// <param name="name">Name stored with it.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteProtobuf(string path, Tensor tensor, string name = "") =>
        AtomicFile.Write(path, stream => OnnxTensorWriter.Write(tensor, name).WriteTo(stream));
}
