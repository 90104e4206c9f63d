using System.Collections.Immutable;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Compile.Compute;

/// <summary>
/// Makes the convolutions and matrix products of a network multiply brain floats. The network itself says so afterwards: activations go through a Cast to brain
/// floats and one back, and weights are rounded. So the reference kernels compute the same, and the plan leaves the casts out where its kernels load and store
/// brain floats. What lies between two layers is rounded once, where it is made; what is needed as floats elsewhere is rounded for the layers alone. Stateless.
/// </summary>
public static class BFloat16Compute
{
    // Which nodes have a template does not depend on the vector width.
    private static readonly KernelTarget AnyTarget = new() { Lanes = 8 };

    /// <summary>Operators that read and write brain floats at the cost of floats.</summary>
    private static readonly ImmutableHashSet<string> Between =
    [
        "MaxPool", "AveragePool", "GlobalAveragePool", "Add", "Sub", "Mul", "Div", "Relu", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "HardSwish", "Clip",
        "Gelu", "Concat", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity",
    ];

    /// <summary>Makes all layers that have such kernels multiply brain floats.</summary>
    /// <param name="network">A network after all passes, all shapes known.</param>
    public static ComputedNetwork Apply(Network network)
    {
        var run = new Run(network);
        return run.Result();
    }

    private sealed class Run
    {
        private readonly Network network;
        private readonly Dictionary<string, Node> layers = new(StringComparer.Ordinal);
        private readonly List<KeptLayer> kept = [];
        private readonly ILookup<string, (Node Node, int Input)> readers;
        private readonly HashSet<string> outputs;
        private readonly HashSet<string> everywhere = new(StringComparer.Ordinal);
        private readonly BrainFloatRounding rounding;

        public Run(Network network)
        {
            this.network = network;
            rounding = new BrainFloatRounding(network);
            readers = network.Nodes.SelectMany(node => node.Inputs.Select((value, input) => (value, node, input)))
                .ToLookup(read => read.value, read => (read.node, read.input), StringComparer.Ordinal);
            outputs = [.. network.Outputs.Select(output => output.Name)];
            FindLayers();
            FindRounded();
        }

        public ComputedNetwork Result()
        {
            foreach (NetworkValue input in network.Inputs)
            {
                Round(input.Name);
            }

            foreach (Node node in network.Nodes)
            {
                bool isLayer = layers.ContainsKey(node.Name);
                rounding.Add(node with { Inputs = [.. node.Inputs.Select((value, input) => Read(value, input, isLayer))] });
                foreach (string output in node.Outputs.Where(output => output.Length > 0))
                {
                    Round(output);
                }
            }

            return new ComputedNetwork(layers.Count == 0 ? network : rounding.Build(), [.. layers.Keys], [.. kept]);
        }

        /// <summary>Layers with a kernel whose weights may be rounded.</summary>
        private void FindLayers()
        {
            foreach (PlannedStep step in ExecutionPlan.Create(network, AnyTarget).Steps.Where(step => step.Plan is { Step: StepKind.Convolution }))
            {
                // A layer whose input is bytes multiplies bytes, and one that is part of a pair is a layer by itself here.
                foreach (Node node in new[] { step.Plan!.Before, step.Plan.Node }.OfType<Node>())
                {
                    if (Refusal(step, node) is { } reason)
                    {
                        kept.Add(new KeptLayer(node.Name, reason));
                    }
                    else
                    {
                        layers.Add(node.Name, node);
                    }
                }
            }
        }

        private string? Refusal(PlannedStep step, Node node) =>
            step.Plan!.Narrow is { } narrow ? narrow.Element == DataType.BFloat16 ? "it multiplies brain floats already" : "it multiplies bytes"
            : step.Plan.Workload is TransposedWorkload || node.Operator == "ConvTranspose" ? "it is a transposed convolution"
            : IsOdd(step, node) ? "it has an odd number of input channels"
            : network.Constants.GetValueOrDefault(node.Inputs[1])?.Data is not float[] numbers ? "its weights are stored in another format"
            : Array.TrueForAll(numbers, number => float.IsFinite(BFloat16.FromSingle(number).ToSingle())) ? null
            : "it has weights that are infinite or no numbers, or become so";

        // Pairs need two; the network's own images get a channel of zeros besides.
        private bool IsOdd(PlannedStep step, Node node)
        {
            ConvolutionWorkload w = node == step.Plan!.Before ? step.Plan.Workload!.Entry : step.Plan.Workload!.Exit;
            return !w.IsDepthwise && w.GroupInChannels % BFloat16Workload.Neighbours != 0
                && (w.IsDense || network.Inputs.All(input => input.Name != node.Inputs[0]));
        }

        /// <summary>Values that all of their readers may take rounded: those between layers.</summary>
        private void FindRounded()
        {
            for (int i = network.Nodes.Length - 1; i >= 0; i--)
            {
                Node node = network.Nodes[i];
                if (node.Outputs.Length != 1 || !(layers.ContainsKey(node.Name) || Between.Contains(node.Operator)) || !IsImageOrRows(node.Outputs[0]))
                {
                    continue;
                }

                string value = node.Outputs[0];
                (Node Node, int Input)[] all = [.. readers[value]];
                bool mayRound = !outputs.Contains(value) && all.Length > 0 && Array.TrueForAll(all, read =>
                    layers.ContainsKey(read.Node.Name) ? read.Input is 0 or FusedOperators.Residual : Between.Contains(read.Node.Operator));
                bool reaches = Array.Exists(all, read => layers.ContainsKey(read.Node.Name) || read.Node.Outputs.Any(everywhere.Contains));
                if (mayRound && reaches)
                {
                    everywhere.Add(value);
                }
            }
        }

        private bool IsImageOrRows(string value) =>
            network.Types.TryGetValue(value, out TensorType? type) && type.Element == DataType.Float32 && type.Shape.Rank > 0 && type.Shape.Count > 0;

        /// <summary>Adds the two casts of a value that some layer reads.</summary>
        private void Round(string value)
        {
            bool multiplied = IsImageOrRows(value) && readers[value].Any(read => read.Input == 0 && layers.ContainsKey(read.Node.Name));
            if (multiplied || everywhere.Contains(value))
            {
                _ = rounding.Value(value);
            }
        }

        private string Read(string value, int input, bool isLayer)
        {
            if (isLayer && input == 1)
            {
                return rounding.Weights(value);
            }

            return rounding.Find(value) is { } real && (everywhere.Contains(value) || (isLayer && input == 0)) ? real : value;
        }
    }
}
