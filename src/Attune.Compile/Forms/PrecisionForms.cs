using System.Collections.Immutable;
using Attune.Compile.LowRank;
using Attune.Compile.Quantisation;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes.Quantised;
using Attune.Runtime.Plan;
using Attune.Runtime.Weights;

namespace Attune.Compile.Forms;

/// <summary>
/// Adds forms to the convolutions and dense layers of a fused network that multiply bytes or brain floats: the input is rounded, the layer is the same with
/// rounded weights, and the result is floats again, in the place of the exact layer's. Layers get a form only where there is a kernel for it. Stateless.
/// </summary>
public static class PrecisionForms
{
    // Which nodes have a template does not depend on the vector width.
    private static readonly KernelTarget AnyTarget = new() { Lanes = 8 };

    /// <summary>Name of what a form multiplies, as options spell it.</summary>
    public static string NameOf(FormPrecision precision) => precision.ToString().ToLowerInvariant();

    /// <summary>Adds forms: the first precision is form 1.</summary>
    /// <param name="network">A fused network without forms.</param>
    /// <param name="precisions">What forms multiply, no two alike.</param>
    /// <param name="samples">Typical inputs, from which ranges of bytes follow; at least one.</param>
    /// <param name="threads">Threads to run them on.</param>
    /// <param name="withoutFusions">Fusions that the model does without: forms need that of bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The network, or why its values have no ranges.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static Result<FormedNetwork, QuantiseError> Add(
        Network network,
        ImmutableArray<FormPrecision> precisions,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        int threads,
        IReadOnlyCollection<string> withoutFusions,
        CancellationToken cancellation)
    {
        var request = PlanRequest.Plain with { Without = [.. withoutFusions] };
        HashSet<string> compiled = [.. ExecutionPlan.Create(network, AnyTarget, request).Steps
            .Where(step => step.Plan is { Step: StepKind.Convolution }).Select(step => step.Plan!.Node.Name)];
        Dictionary<string, Node> producers = LowRankForms.Producers(network);
        Node[] layers = [.. network.Nodes.Where(node => compiled.Contains(node.Name)
            && LowRankForms.IsEligible(network, node, producers) && AreFinite(network, node))];
        var ranges = new Dictionary<string, ValueRange>();
        if (precisions.Contains(FormPrecision.I8))
        {
            Result<Dictionary<string, ValueRange>, QuantiseError> calibrated = Calibration.Run(
                network,
                [.. layers.Select(layer => layer.Inputs[0]).Distinct()],
                samples,
                new QuantiserOptions { Threads = threads },
                null,
                cancellation);
            if (!calibrated.Succeeded)
            {
                return calibrated.Error;
            }

            ranges = calibrated.Value;
        }

        var constants = network.Constants.ToBuilder();
        var types = network.Types.ToBuilder();
        var nodes = ImmutableArray.CreateBuilder<Node>();
        var forms = ImmutableArray.CreateBuilder<LayerForm>();
        foreach (Node node in network.Nodes)
        {
            nodes.Add(node);
            for (int i = 0; i < precisions.Length && layers.Contains(node); i++)
            {
                var form = new Form(network, node, precisions[i], i + 1, constants, types);
                nodes.AddRange(precisions[i] == FormPrecision.BF16 ? form.OfBrainFloats() : form.OfBytes(ranges[node.Inputs[0]].Bytes()));
                forms.Add(new PrecisionForm(node.Name, i + 1, precisions[i]));
            }
        }

        return WithKernels(request, new FormedNetwork(
            network with { Nodes = nodes.ToImmutable(), Constants = constants.ToImmutable(), Types = types.ToImmutable() }, forms.ToImmutable()));
    }

    private static FormedNetwork WithKernels(PlanRequest request, FormedNetwork all)
    {
        HashSet<(string Value, int Form)> planned = [.. ExecutionPlan.Create(all.Network, AnyTarget, request).Steps
            .Where(step => step.Plan is { Narrow: not null, Step: StepKind.Convolution } && LayerAlternatives.ValueOf(step.Plan.Node).Length > 0)
            .Select(step => (LayerAlternatives.ValueOf(step.Plan!.Node), LayerAlternatives.FormOf(step.Plan.Node)))];
        Dictionary<string, string> values = all.Network.Nodes.Where(node => LayerAlternatives.FormOf(node) == 0 && node.Outputs.Length > 0)
            .ToDictionary(node => node.Name, node => node.Outputs[0]);
        HashSet<(string Node, int Form)> without =
            [.. all.Forms.Where(form => !planned.Contains((values[form.Node], form.Form))).Select(form => (form.Node, form.Form))];
        return without.Count == 0 ? all : new FormedNetwork(
            LowRankForms.Drop(all.Network, without), [.. all.Forms.Where(form => !without.Contains((form.Node, form.Form)))]);
    }

    private static bool AreFinite(Network network, Node layer) => layer.Inputs.Skip(1).Where(network.Constants.ContainsKey)
        .All(input => network.Constants[input].Data is not float[] numbers || Array.TrueForAll(numbers, float.IsFinite));

    /// <summary>One form of one layer.</summary>
    private sealed class Form(
        Network network,
        Node node,
        FormPrecision precision,
        int number,
        ImmutableDictionary<string, Tensor>.Builder constants,
        ImmutableDictionary<string, TensorType>.Builder types)
    {
        private readonly string prefix = Unused($"{node.Outputs[0]}.{NameOf(precision)}.form", types);

        public Node[] OfBrainFloats()
        {
            Tensor weights = network.Constants[node.Inputs[1]];
            string brain = Value("brain", DataType.BFloat16);
            string real = Value("input", DataType.Float32);
            string rounded = Constant("weights", Tensor.Of(weights.Shape, Array.ConvertAll(
                weights.Elements<float>(), number => BFloat16.FromSingle(number).ToSingle())));
            return
            [
                Part("store", "Cast", [node.Inputs[0]], brain, Attributes.None.With("to", (long)DataType.BFloat16)),
                Part("load", "Cast", [brain], real, Attributes.None.With("to", (long)DataType.Float32)),
                Last([real, rounded, .. node.Inputs.Skip(2)]),
            ];
        }

        public Node[] OfBytes(ByteScale input)
        {
            Tensor weights = network.Constants[node.Inputs[1]];
            Tensor? bias = node.Input(2).Length == 0 ? null : network.Constants[node.Inputs[2]];
            var layer = LayerBytes.Of(weights, bias, NarrowWeights.ChannelsLast(node) ? weights.Shape.Rank - 1 : 0, input.Scale);
            string scale = Constant("scale", Tensor.Scalar(input.Scale));
            string zero = Constant("zero", Tensor.Scalar((byte)input.Zero));
            string bytes = Value("bytes", DataType.UInt8);
            string real = Value("input", DataType.Float32);
            return
            [
                Part("store", "QuantizeLinear", [node.Inputs[0], scale, zero], bytes, Attributes.None),
                Part("load", "DequantizeLinear", [bytes, scale, zero], real, Attributes.None),
                Last([real, Constant("weights", layer.Elements), node.Input(2), node.Input(FusedOperators.Residual), Constant("scales", layer.Scales)]),
            ];
        }

        private Node Part(string name, string operation, ImmutableArray<string> inputs, string output, Attributes attributes) =>
            new($"{node.Name}.{NameOf(precision)}.form.{name}", operation, 13, inputs, [output], attributes.With(LayerAlternatives.Form, number));

        private Node Last(ImmutableArray<string> inputs)
        {
            types.Add(prefix, network.TypeOf(node.Outputs[0]));
            return node with
            {
                Name = $"{node.Name}.{NameOf(precision)}.form",
                Inputs = inputs,
                Outputs = [prefix],
                Attributes = node.Attributes.With(LayerAlternatives.Form, number).With(LayerAlternatives.Value, node.Outputs[0]),
            };
        }

        private string Value(string name, DataType element)
        {
            string value = Unused($"{prefix}.{name}", types);
            types.Add(value, new TensorType(element, network.TypeOf(node.Inputs[0]).Shape));
            return value;
        }

        private string Constant(string name, Tensor tensor)
        {
            string value = Unused($"{prefix}.{name}", types);
            constants.Add(value, tensor);
            types.Add(value, tensor.Type);
            return value;
        }

        private static string Unused(string wanted, ImmutableDictionary<string, TensorType>.Builder types) =>
            UnusedName.Of(wanted, types.ContainsKey);
    }
}
