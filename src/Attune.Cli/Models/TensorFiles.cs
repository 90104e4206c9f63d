using Attune.Cli.Output;
using Attune.Graph.Npy;
using Attune.Graph.Reading;
using Attune.Kernels;

namespace Attune.Cli.Models;

/// <summary>Tensors in files: .npy arrays and TensorProto .pb messages, told apart by their names.</summary>
internal static class TensorFiles
{
    /// <summary>Reads a tensor.</summary>
    /// <exception cref="CommandFailedException">The file is malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor Read(string path) =>
        (IsProtobuf(path) ? TensorFile.ReadProtobuf(path) : NpyFile.Read(path)).OrThrow(fault => new CommandFailedException(ModelFailure.Of(fault)));

    /// <summary>Writes a tensor.</summary>
    /// <param name="path">A name that ends in .pb writes a TensorProto, any other one an array.</param>
    /// <param name="name">Name stored in a TensorProto.</param>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="CommandFailedException">NumPy has no such element type (AT2101).</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string name, Tensor tensor)
    {
        if (IsProtobuf(path))
        {
            TensorFile.WriteProtobuf(path, tensor, name);
        }
        else if (NpyFile.Write(path, tensor) is { } fault)
        {
            throw new CommandFailedException(ExitCode.Usage, fault.Code, fault.Message, fault.Next);
        }
    }

    private static bool IsProtobuf(string path) => path.EndsWith(".pb", StringComparison.OrdinalIgnoreCase);
}
