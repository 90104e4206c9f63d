using System.Collections.Immutable;
using Attune.Compile.Compute;
using Attune.Compile.Forms;
using Attune.Compile.LowRank;
using Attune.Compile.Quantisation;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Reference;
using Attune.Runtime;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;
using Attune.Runtime.Stages;
using Attune.Runtime.Tests;

namespace Attune.Compile.Tests.Forms;

/// <summary>Layers with forms that multiply bytes and brain floats instead of floats.</summary>
public sealed class PrecisionFormsTests
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Each_form_alone_computes_what_the_reference_computes_for_it(int lanes)
    {
        var sketch = new NetworkSketch(5);
        Network exact = BranchedNetwork.Of(sketch);
        Tensor input = sketch.Random(exact.Inputs[0].Type.Shape);
        FormedNetwork formed = Formed(exact, input);
        formed.Forms.OfType<PrecisionForm>().Select(form => form.Precision).Distinct().ShouldBe([FormPrecision.BF16, FormPrecision.I8]);
        LayoutVerifier.Verify(ExecutionPlan.Create(formed.Network, HostTarget.Of(lanes))).ShouldBeEmpty();
        using var model = CompiledModel.Compile(formed.Network, NoConfigurations, new ModelOptions { Threads = 1, Lanes = lanes });
        using var team = new ThreadTeam(1);
        using StagedInference staged = model.CreateStaged();
        model.LayersWithForms.SelectMany(layer => layer.Forms).Count().ShouldBe(formed.Forms.Length);
        var wrong = new List<string>();
        foreach ((int layer, FormedLayer named) in model.LayersWithForms.Index())
        {
            foreach (int form in named.Forms)
            {
                float[] expected = Outputs(Chosen(formed.Network, layer, form), input);
                staged.Forms.Clear();
                staged.Forms[layer] = (byte)form;
                input.Elements<float>().CopyTo(staged.Input(0));
                staged.Restart();
                staged.RunTo(staged.Steps, team, 1);
                var actual = new float[expected.Length];
                staged.ReadOutput(0, actual);
                if (actual.Zip(expected).Any(pair => Math.Abs(pair.First - pair.Second) > 2e-3 * expected.Max(Math.Abs)))
                {
                    wrong.Add($"{named.Name} in form {form}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Forms_change_nothing_for_who_runs_the_network_without_them()
    {
        var sketch = new NetworkSketch(6);
        Network exact = BranchedNetwork.Of(sketch);
        Tensor input = sketch.Random(exact.Inputs[0].Type.Shape);
        FormedNetwork formed = Formed(exact, input);
        using var plain = CompiledModel.Compile(exact, NoConfigurations, new ModelOptions { Threads = 1 });
        using var other = CompiledModel.Compile(formed.Network, NoConfigurations, new ModelOptions { Threads = 1 });
        var inputs = new Dictionary<string, Tensor> { [exact.Inputs[0].Name] = input };
        string output = exact.Outputs[0].Name;
        other.Run(inputs)[output].Elements<float>().ShouldBe(plain.Run(inputs)[output].Elements<float>());
        LowRankForms.Drop(formed.Network, formed.Forms.Select(form => (form.Node, form.Form)).ToHashSet()).Nodes.ShouldBe(exact.Nodes);

        LowRankNetwork low = LowRankForms.AddBeside(formed.Network, [0.5], LowRankSplit.Auto, 3, null, null, CancellationToken.None);
        low.Layers.ShouldNotBeEmpty();
        low.Layers.ShouldAllBe(layer => layer.Form == 3);
        LayoutVerifier.Verify(ExecutionPlan.Create(low.Network, HostTarget.Widest)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FormPrecision.BF16)]
    [InlineData(FormPrecision.I8)]
    public void Networks_on_brain_floats_have_forms_too(FormPrecision precision)
    {
        var sketch = new NetworkSketch(9);
        Network exact = BFloat16Compute.Apply(BranchedNetwork.Of(sketch)).Network;
        var inputs = new Dictionary<string, Tensor> { [exact.Inputs[0].Name] = sketch.Random(exact.Inputs[0].Type.Shape) };
        FormedNetwork formed = PrecisionForms.Add(exact, [precision], [inputs], 1, [], CancellationToken.None)
            .OrThrow(error => new InvalidOperationException(error.Message));
        LowRankNetwork low = LowRankForms.AddBeside(formed.Network, [0.5], LowRankSplit.Auto, 2, null, null, CancellationToken.None);
        LayoutVerifier.Verify(ExecutionPlan.Create(low.Network, HostTarget.Widest)).ShouldBeEmpty();
        using var model = CompiledModel.Compile(low.Network, NoConfigurations, new ModelOptions { Threads = 1 });
        float[] wanted = ReferenceExecutor.Run(exact, inputs)[exact.Outputs[0].Name].Elements<float>();
        float[] got = model.Run(inputs)[exact.Outputs[0].Name].Elements<float>();
        got.Zip(wanted, (one, other) => Math.Abs(one - other)).Max().ShouldBeLessThan(wanted.Max(Math.Abs) / 256);
    }

    [Fact]
    public void Where_bytes_are_switched_off_there_are_none_and_files_that_have_them_run()
    {
        var sketch = new NetworkSketch(10);
        Network exact = BranchedNetwork.Of(sketch);
        Tensor input = sketch.Random(exact.Inputs[0].Type.Shape);
        var inputs = new Dictionary<string, Tensor> { [exact.Inputs[0].Name] = input };
        PrecisionForms.Add(exact, [FormPrecision.I8], [inputs], 1, [Fusions.Bytes], CancellationToken.None)
            .OrThrow(error => new InvalidOperationException(error.Message)).Forms.ShouldBeEmpty();

        FormedNetwork formed = Formed(exact, input);
        using var model = CompiledModel.Compile(formed.Network, NoConfigurations, new ModelOptions { Threads = 1, WithoutFusions = [Fusions.Bytes] });
        float[] wanted = ReferenceExecutor.Run(exact, inputs)[exact.Outputs[0].Name].Elements<float>();
        float[] got = model.Run(inputs)[exact.Outputs[0].Name].Elements<float>();
        got.Zip(wanted, (one, other) => Math.Abs(one - other)).Max().ShouldBeLessThan(wanted.Max(Math.Abs) / 1024);
    }

    [Fact]
    public void Files_keep_them()
    {
        var sketch = new NetworkSketch(7);
        Network exact = BranchedNetwork.Of(sketch);
        FormedNetwork formed = Formed(exact, sketch.Random(exact.Inputs[0].Type.Shape));
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.attune");
        try
        {
            TunedModelFile.Save(path, new TunedModel
            {
                Network = formed.Network,
                Configurations = [],
                Device = "d",
                DeviceDescription = "d",
                Threads = 1,
                VectorLanes = HostTarget.Widest.Lanes,
                CreatedAt = DateTimeOffset.UnixEpoch,
                ProductVersion = "0",
            });
            Result<TunedModel, TunedModelError> read = TunedModelFile.Load(path);
            read.Succeeded.ShouldBeTrue();
            read.Value!.Network.Nodes.Length.ShouldBe(formed.Network.Nodes.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Samples_that_make_values_infinite_are_refused()
    {
        var sketch = new NetworkSketch(8);
        Network exact = BranchedNetwork.Of(sketch);
        Shape shape = exact.Inputs[0].Type.Shape;
        var sample = new Dictionary<string, Tensor>
        {
            [exact.Inputs[0].Name] = Tensor.Of(shape, Enumerable.Repeat(float.PositiveInfinity, (int)shape.Count).ToArray()),
        };
        Result<FormedNetwork, QuantiseError> made = PrecisionForms.Add(exact, [FormPrecision.I8], [sample], 1, [], CancellationToken.None);
        made.Succeeded.ShouldBeFalse();
        made.Error!.Message.ShouldContain("infinite");
    }

    private static FormedNetwork Formed(Network exact, Tensor input) => PrecisionForms.Add(
        exact,
        [FormPrecision.BF16, FormPrecision.I8],
        [new Dictionary<string, Tensor> { [exact.Inputs[0].Name] = input }],
        1,
        [],
        CancellationToken.None).OrThrow(error => new InvalidOperationException(error.Message));

    private static float[] Outputs(Network network, Tensor input) =>
        ReferenceExecutor.Run(network, new Dictionary<string, Tensor> { [network.Inputs[0].Name] = input })[network.Outputs[0].Name].Elements<float>();

    /// <summary>The network with one layer in one form instead of the exact one.</summary>
    private static Network Chosen(Network network, int layer, int form)
    {
        string value = LayerAlternatives.Values(network)[layer];
        string open = string.Empty;
        var nodes = new Stack<Node>();
        foreach (Node node in network.Nodes.Reverse())
        {
            open = LayerAlternatives.ValueOf(node) is { Length: > 0 } named ? named : open;
            bool isForm = LayerAlternatives.FormOf(node) != 0;
            if (isForm ? open == value && LayerAlternatives.FormOf(node) == form : !node.Outputs.Contains(value))
            {
                nodes.Push(LayerAlternatives.ValueOf(node).Length > 0 ? node with { Outputs = [value] } : node);
            }
        }

        return network with { Nodes = [.. nodes] };
    }
}
