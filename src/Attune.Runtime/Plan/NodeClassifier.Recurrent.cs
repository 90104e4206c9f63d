using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <content>Recurrent layers.</content>
internal sealed partial class NodeClassifier
{
    // Parameters of functions where a node states none, as ONNX defines them.
    private const float LeakySlope = 0.01f;
    private const float HardSlope = 0.2f;
    private const float HardOffset = 0.5f;

    private NodePlan? Recurrent(Node node)
    {
        bool HasFloats(int input) => network.Constants.TryGetValue(node.Input(input), out Tensor? constant) && constant.Element == DataType.Float32;
        Shape sums = network.TypeOf(node.Inputs[0]).Shape;
        string cell = node.Attributes.Text("cell", string.Empty);
        bool isBehind = cell == "GRU" && node.Attributes.Int("linear_before_reset", 0) != 0;
        RecurrentKind kind = cell switch
        {
            "LSTM" => RecurrentKind.Long,
            "RNN" => RecurrentKind.Plain,
            _ => isBehind ? RecurrentKind.ResetBehind : RecurrentKind.ResetBefore,
        };
        int directions = node.Attributes.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        if (!HasFloats(1) || (node.Input(2).Length > 0 && (!HasFloats(2) || !isBehind)) || FunctionsOf(node, kind, directions) is not { } functions)
        {
            return null;
        }

        bool batchFirst = node.Attributes.Int("layout", 0) != 0;
        var workload = new RecurrentWorkload
        {
            Kind = kind,
            Steps = sums[batchFirst ? 1 : 0],
            Batch = sums[batchFirst ? 0 : 1],
            Hidden = network.Constants[node.Inputs[1]].Shape[2],
            Directions = directions,
            IsReverse = node.Attributes.Text("direction", "forward") == "reverse",
            IsBatchFirst = batchFirst,
            WritesAll = node.Outputs[0].Length > 0,
            Gate = functions[0],
            Candidate = functions[1],
            Cell = functions[2],
            Lanes = lanes,
        };
        Shape weights = network.Constants[node.Inputs[1]].Shape;
        bool fits = sums[2] == directions * workload.Gates * workload.Hidden && weights.Equals(
            Shape.Of(directions, workload.Gates * workload.Hidden, workload.Hidden));
        var demands = new List<Demand> { new(node.Inputs[0], MatrixKind(Extent.OfMatrix(sums))) };
        demands.AddRange(StatesOf(node).Where(state => !network.Constants.ContainsKey(state)).Select(state => new Demand(state, StorageKind.Plain)));
        return fits && (long)workload.Steps * directions * workload.Hidden < int.MaxValue
            ? new NodePlan(node, StepKind.Recurrent, demands, StorageKind.Plain) { Recurrent = workload }
            : null;
    }

    /// <summary>The initial states that a node states.</summary>
    private static IEnumerable<string> StatesOf(Node node) => node.Inputs.Skip(3).Where(state => state.Length > 0);

    /// <summary>Functions of gates, candidates and cells; null when a kernel lacks one, or the two directions differ.</summary>
    private static Epilogue[]? FunctionsOf(Node node, RecurrentKind kind, int directions)
    {
        string[] absent = kind switch
        {
            RecurrentKind.Plain => ["Tanh"],
            RecurrentKind.Long => ["Sigmoid", "Tanh", "Tanh"],
            _ => ["Sigmoid", "Tanh"],
        };
        ImmutableArray<string> names = node.Attributes.Texts("activations") ?? [.. absent, .. directions == 2 ? absent : []];
        var alphas = new Queue<float>(node.Attributes.Floats("activation_alpha") ?? []);
        var betas = new Queue<float>(node.Attributes.Floats("activation_beta") ?? []);
        Epilogue?[] functions = [.. names.Select(name => FunctionOf(name, alphas, betas))];
        if (names.Length != directions * absent.Length || Array.Exists(functions, function => function is null)
            || !functions[..absent.Length].SequenceEqual(functions[^absent.Length..]))
        {
            return null;
        }

        return [.. Enumerable.Range(0, 3).Select(i => i < absent.Length ? functions[i]! : Epilogue.None)];
    }

    private static Epilogue? FunctionOf(string name, Queue<float> alphas, Queue<float> betas) => name.ToUpperInvariant() switch
    {
        "SIGMOID" => new Epilogue(false, false, "sigmoid", 0, 0),
        "TANH" => new Epilogue(false, false, "tanh", 0, 0),
        "RELU" => new Epilogue(false, false, "relu", 0, 0),
        "LEAKYRELU" => new Epilogue(false, false, "leaky_relu", Next(alphas, LeakySlope), 0),
        "HARDSIGMOID" => new Epilogue(false, false, "hard_sigmoid", Next(alphas, HardSlope), Next(betas, HardOffset)),
        _ => null,
    };

    private static float Next(Queue<float> given, float absent) => given.TryDequeue(out float next) ? next : absent;
}
