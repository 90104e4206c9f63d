using Attune.Graph.Reading;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;
using Xunit.Abstractions;

namespace Attune.Graph.Tests.Passes;

/// <summary>Runs the default passes over ONNX's own test models, where installed, and compares with the expected outputs that come with them.</summary>
public sealed class BackendSuitePassTests(ITestOutputHelper output)
{
    [NeedingFact(Need.OnnxTests)]
    [Trait(Category.Name, Category.Slow)]
    public void Rewritten_models_still_give_the_expected_outputs()
    {
        int compared = 0;
        int rewritten = 0;
        var wrong = new List<string>();
        foreach (string model in Directory.EnumerateFiles(TestData.OnnxTests, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string folder = Path.GetDirectoryName(model)!;
            if (!Directory.Exists(Path.Combine(folder, "test_data_set_0")) || OnnxReader.Read(model) is not { Value.Network: { } network })
            {
                continue;
            }

            string test = Path.GetRelativePath(TestData.OnnxTests, folder);
            Network result = PassPipeline.Default.Run(network, (pass, after) =>
                wrong.AddRange(NetworkVerifier.Verify(after).Select(problem => $"{test} after {pass.Name}: {problem}")));
            rewritten += result.Nodes.SequenceEqual(network.Nodes) ? 0 : 1;
            if (Run(network, folder) is not { } before || Differences(before, folder, network).Any())
            {
                // Not a matter of the passes: the kernels do not know it, or differ from the suite on it already.
                continue;
            }

            IReadOnlyDictionary<string, Tensor>? after = Run(result, folder);
            wrong.AddRange(after is null ? [$"{test}: no longer runs"] : Differences(after, folder, network).Select(difference => $"{test}: {difference}"));
            compared++;
        }

        output.WriteLine($"{compared} models compared, {rewritten} rewritten.");
        wrong.ForEach(output.WriteLine);
        wrong.ShouldBeEmpty();
        compared.ShouldBeGreaterThan(300);
        rewritten.ShouldBeGreaterThan(50);
    }

    private static IReadOnlyDictionary<string, Tensor>? Run(Network network, string folder)
    {
        var inputs = new Dictionary<string, Tensor>();
        for (int i = 0; i < network.Inputs.Length; i++)
        {
            inputs[network.Inputs[i].Name] = TensorFile.ReadProtobuf(Path.Combine(folder, "test_data_set_0", $"input_{i}.pb")).Value!;
        }

        try
        {
            return ReferenceExecutor.Run(network, inputs);
        }
        catch (Exception error) when (error is UnsupportedOperatorException or ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, Tensor> results, string folder, Network network)
    {
        for (int i = 0; i < network.Outputs.Length; i++)
        {
            Tensor expected = TensorFile.ReadProtobuf(Path.Combine(folder, "test_data_set_0", $"output_{i}.pb")).Value!;
            Tensor actual = results[network.Outputs[i].Name];
            if (!actual.Shape.Equals(expected.Shape))
            {
                yield return $"output {i} is {actual.Type} instead of {expected.Type}";
            }
            else if (actual.Data is float[] got && expected.Data is float[] wanted)
            {
                int at = Enumerable.Range(0, got.Length).FirstOrDefault(at => !Near(got[at], wanted[at]), -1);
                if (at >= 0)
                {
                    yield return $"output {i}[{at}] is {got[at]} instead of {wanted[at]}";
                }
            }
            else if (!actual.Data.Cast<object>().SequenceEqual(expected.Data.Cast<object>()))
            {
                yield return $"output {i} differs";
            }
        }
    }

    private static bool Near(float got, float wanted) =>
        got.Equals(wanted) || (float.IsNaN(got) && float.IsNaN(wanted)) || Math.Abs(got - wanted) <= 1e-4f + (1e-3f * Math.Abs(wanted));
}
