using Attune.Graph;
using Attune.Graph.Reading;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Bench.Fuzz.Campaign;

/// <summary>Writes a network as a test in ONNX's layout, expected outputs by the reference kernels: <c>attune conformance</c> runs it.</summary>
internal static class Reproducer
{
    /// <summary>Writes the test's folder.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, Network network, IReadOnlyDictionary<string, Tensor> inputs)
    {
        string data = Path.Combine(folder, "test_data_set_0");
        Directory.CreateDirectory(data);
        OnnxWriter.Write(network, Path.Combine(folder, "model.onnx"));
        for (int i = 0; i < network.Inputs.Length; i++)
        {
            TensorFile.WriteProtobuf(Path.Combine(data, $"input_{i}.pb"), inputs[network.Inputs[i].Name], network.Inputs[i].Name);
        }

        IReadOnlyDictionary<string, Tensor> outputs = ReferenceExecutor.Run(network, inputs);
        for (int i = 0; i < network.Outputs.Length; i++)
        {
            TensorFile.WriteProtobuf(Path.Combine(data, $"output_{i}.pb"), outputs[network.Outputs[i].Name], network.Outputs[i].Name);
        }
    }
}
