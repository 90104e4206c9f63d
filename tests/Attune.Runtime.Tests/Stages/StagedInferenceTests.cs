using Attune.Compile.LowRank;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Reference;
using Attune.Runtime.Stages;

namespace Attune.Runtime.Tests.Stages;

public sealed class StagedInferenceTests
{
    // Instead of a number of lanes: a device of groups and lanes, with memory of its own.
    private const int OnDevice = 1;
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Stage_by_stage_gives_the_same_bits_as_in_one_go(int lanes) => SameBits(lanes);

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public void Stage_by_stage_gives_the_same_bits_as_in_one_go_on_a_device() => SameBits(OnDevice);

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_choice_of_forms_computes_what_the_reference_computes_for_it(int lanes) => EveryChoice(lanes);

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public void Every_choice_of_forms_computes_what_the_reference_computes_for_it_on_a_device() => EveryChoice(OnDevice);

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Each_form_alone_computes_what_the_reference_computes_for_it(int lanes)
    {
        var sketch = new NetworkSketch(5);
        LowRankNetwork low = LowRankForms.Add(BranchedNetwork.Of(sketch), [0.6, 0.3], LowRankSplit.Separable);
        using var model = CompiledModel.Compile(low.Network, NoConfigurations, OptionsOf(lanes, null));
        using var team = new ThreadTeam(1);
        using StagedInference staged = model.CreateStaged();
        Tensor input = sketch.Random(model.Inputs[0].Type.Shape);
        var wrong = new List<string>();
        for (int layer = 0; layer < model.LayersWithForms.Length; layer++)
        {
            foreach (int form in model.LayersWithForms[layer].Forms)
            {
                var forms = new byte[model.LayersWithForms.Length];
                forms[layer] = (byte)form;
                float[] expected = ReferenceExecutor.Run(
                    Chosen(low.Network, model, forms),
                    new Dictionary<string,
                    Tensor>
                    { [model.Inputs[0].Name] = input })[model.Outputs[0].Name].Elements<float>();
                input.Elements<float>().CopyTo(staged.Input(0));
                forms.CopyTo(staged.Forms);
                staged.Restart();
                staged.RunTo(staged.Steps, team, 1);
                var actual = new float[expected.Length];
                staged.ReadOutput(0, actual);
                float size = expected.Max(Math.Abs);
                if (actual.Zip(expected).Any(pair => Math.Abs(pair.First - pair.Second) > 2e-4 * size))
                {
                    wrong.Add($"{model.LayersWithForms[layer].Name} in form {form}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [NeedingFact(Need.OpenCl)]
    public void Inferences_on_one_device_have_memory_of_their_own()
    {
        var sketch = new NetworkSketch(11);
        using IBackend device = Device(OnDevice)!;
        using var model = CompiledModel.Compile(BranchedNetwork.Of(sketch), NoConfigurations, new ModelOptions { Backend = device });
        using var team = new ThreadTeam(1);
        using StagedInference first = model.CreateStaged();
        using StagedInference second = model.CreateStaged();
        StagedInference[] inferences = [first, second];
        float[][] inputs = [.. inferences.Select(_ => sketch.Random(model.Inputs[0].Type.Shape).Elements<float>())];
        float[][] expected = [.. inputs.Select(_ => new float[model.Outputs[0].Type.Shape.Count])];
        for (int i = 0; i < inferences.Length; i++)
        {
            model.Run(inputs[i], expected[i]);
            inputs[i].CopyTo(inferences[i].Input(0));
            inferences[i].MaxThreads.ShouldBe(1);
        }

        // They take turns after every step, and between them the model runs as a whole.
        for (int step = 1; step <= first.Steps; step++)
        {
            first.RunTo(step, team, 1);
            model.Run(inputs[1], new float[expected[1].Length]);
            second.RunTo(step, team, 1);
        }

        for (int i = 0; i < inferences.Length; i++)
        {
            var actual = new float[expected[i].Length];
            inferences[i].ReadOutput(0, actual);
            actual.ShouldBe(expected[i]);
        }
    }

    [Fact]
    public void Forms_do_not_change_what_plain_execution_computes()
    {
        var sketch = new NetworkSketch(6);
        Network network = BranchedNetwork.Of(sketch);
        LowRankNetwork low = LowRankForms.Add(network, [0.4]);
        using var plain = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1 });
        using var formed = CompiledModel.Compile(low.Network, NoConfigurations, new ModelOptions { Threads = 1 });
        float[] input = sketch.Random(plain.Inputs[0].Type.Shape).Elements<float>();
        var first = new float[plain.Outputs[0].Type.Shape.Count];
        var second = new float[first.Length];
        plain.Run(input, first);
        formed.Run(input, second);
        second.ShouldBe(first);
        formed.Steps.Length.ShouldBe(plain.Steps.Length);
        plain.LayersWithForms.ShouldBeEmpty();
        LayerAlternatives.Without(low.Network).Nodes.Select(node => node.Name).ShouldBe(network.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void The_number_of_threads_may_change_between_stages()
    {
        if (Environment.ProcessorCount < 2)
        {
            return;
        }

        var sketch = new NetworkSketch(7);
        using var model = CompiledModel.Compile(BranchedNetwork.Of(sketch), NoConfigurations, new ModelOptions { Threads = 2 });
        using var team = new ThreadTeam(2);
        using StagedInference staged = model.CreateStaged();
        Tensor input = sketch.Random(model.Inputs[0].Type.Shape);
        var expected = new float[model.Outputs[0].Type.Shape.Count];
        model.Run(input.Elements<float>(), expected);
        input.Elements<float>().CopyTo(staged.Input(0));
        staged.Restart();
        for (int step = 0; step < staged.Steps; step++)
        {
            staged.RunTo(step + 1, team, 1 + (step % 2));
        }

        var actual = new float[expected.Length];
        staged.ReadOutput(0, actual);
        Close(actual, expected);
    }

    [Fact]
    public void A_running_inference_allocates_nothing()
    {
        var sketch = new NetworkSketch(8);
        using var model = CompiledModel.Compile(
            LowRankForms.Add(BranchedNetwork.Of(sketch), [0.4]).Network, NoConfigurations, new ModelOptions { Threads = 1 });
        using var team = new ThreadTeam(1);
        using StagedInference staged = model.CreateStaged();
        var output = new float[model.Outputs[0].Type.Shape.Count];
        void Run(byte form)
        {
            staged.Restart();
            staged.Forms.Fill(form);
            for (int step = 0; step < staged.Steps; step++)
            {
                staged.RunTo(step + 1, team, 1);
            }

            staged.ReadOutput(0, output);
        }

        Run(0);
        Run(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1);
        Run(0);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Misuse_is_named()
    {
        var sketch = new NetworkSketch(4);
        using var model = CompiledModel.Compile(BranchedNetwork.Of(sketch), NoConfigurations, new ModelOptions { Threads = 1 });
        using var team = new ThreadTeam(1);
        using StagedInference staged = model.CreateStaged();
        var output = new float[model.Outputs[0].Type.Shape.Count];
        Should.Throw<InvalidOperationException>(() => staged.ReadOutput(0, output)).Message.ShouldContain("to the end");
        staged.RunTo(2, team, 1);
        Should.Throw<ArgumentOutOfRangeException>(() => staged.RunTo(1, team, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => staged.RunTo(staged.Steps + 1, team, 1));
        staged.RunTo(staged.Steps, team, 1);
        Should.Throw<ArgumentException>(() => staged.ReadOutput(0, new float[1]));
    }

    private static void SameBits(int lanes)
    {
        var sketch = new NetworkSketch(3);
        using IBackend? device = Device(lanes);
        using var model = CompiledModel.Compile(BranchedNetwork.Of(sketch), NoConfigurations, OptionsOf(lanes, device));
        using var team = new ThreadTeam(1);
        using StagedInference staged = model.CreateStaged();
        for (int length = 1; length <= 3; length++)
        {
            float[] input = sketch.Random(model.Inputs[0].Type.Shape).Elements<float>();
            var whole = new float[model.Outputs[0].Type.Shape.Count];
            var pieces = new float[whole.Length];
            model.Run(input, whole);
            input.CopyTo(staged.Input(0));
            staged.Restart();
            while (staged.Position < staged.Steps)
            {
                staged.RunTo(Math.Min(staged.Steps, staged.Position + length), team, 1);
            }

            staged.ReadOutput(0, pieces);
            pieces.ShouldBe(whole);
        }
    }

    private static void EveryChoice(int lanes)
    {
        var sketch = new NetworkSketch(5);
        LowRankNetwork low = LowRankForms.Add(BranchedNetwork.Of(sketch), [0.6, 0.3], LowRankSplit.Separable);
        low.Layers.Select(layer => layer.Form).Distinct().Count().ShouldBe(2);
        using IBackend? device = Device(lanes);
        using var model = CompiledModel.Compile(low.Network, NoConfigurations, OptionsOf(lanes, device));
        using var team = new ThreadTeam(1);
        using StagedInference staged = model.CreateStaged();
        Tensor input = sketch.Random(model.Inputs[0].Type.Shape);
        var random = new Random(9);
        for (int trial = 0; trial < 12; trial++)
        {
            byte[] forms = [.. model.LayersWithForms.Select(_ => (byte)random.Next(3))];
            IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(
                Chosen(low.Network, model, forms), new Dictionary<string, Tensor> { [model.Inputs[0].Name] = input });
            input.Elements<float>().CopyTo(staged.Input(0));
            staged.Restart();
            while (staged.Position < staged.Steps)
            {
                forms.CopyTo(staged.Forms);
                staged.RunTo(staged.Position + 1, team, 1);
            }

            var actual = new float[model.Outputs[0].Type.Shape.Count];
            staged.ReadOutput(0, actual);
            Close(actual, expected[model.Outputs[0].Name].Elements<float>());
        }
    }

    private static IBackend? Device(int lanes) =>
        lanes == OnDevice ? BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal)) : null;

    private static ModelOptions OptionsOf(int lanes, IBackend? device) =>
        device is null ? new ModelOptions { Threads = 1, Lanes = lanes } : new ModelOptions { Backend = device };

    /// <summary>The network in which every layer is replaced by the form that was chosen.</summary>
    private static Network Chosen(Network network, CompiledModel model, byte[] forms)
    {
        Dictionary<string, string> exact = network.Nodes.Where(
            node => LayerAlternatives.FormOf(node) == 0).ToDictionary(node => node.Outputs[0], node => node.Name);
        int ChosenOf(string name) =>
            Enumerable.Range(0, forms.Length).Where(
                i => model.LayersWithForms[i].Name == name && model.LayersWithForms[i].Forms.Contains(forms[i])).Select(i => (int)forms[i]).FirstOrDefault();
        var kept = new List<Node>();
        foreach (Node node in network.Nodes)
        {
            int form = LayerAlternatives.FormOf(node);
            string layer = form == 0 ? node.Name : node.Name[..node.Name.IndexOf(".low", StringComparison.Ordinal)];
            if (form == ChosenOf(layer))
            {
                string value = LayerAlternatives.ValueOf(node);
                kept.Add(value.Length == 0 ? node : node with { Outputs = [value] });
                value.Length.ShouldBe(value.Length == 0 ? 0 : exact.Keys.Single(key => key == value).Length);
            }
        }

        return network with { Nodes = [.. kept] };
    }

    private static void Close(float[] actual, float[] expected)
    {
        float size = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 2e-4 * size);
        }
    }
}
