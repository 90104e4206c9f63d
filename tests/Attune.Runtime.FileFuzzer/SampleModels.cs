using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.LowRank;
using Attune.Compile.Weights;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;

namespace Attune.Runtime.FileFuzzer;

/// <summary>Small tuned models that together hold every kind of step and every part of a file.</summary>
internal static class SampleModels
{
    /// <summary>The models, each as the passes and the rounding of weights leave it.</summary>
    public static ImmutableArray<TunedModel> All() =>
        [Tuned(Images()), Tuned(Encoder()), Tuned(Narrow(Images(), WeightFormat.F16)), Tuned(Narrow(Encoder(), WeightFormat.I8)), Tuned(Forms())];

    private static TunedModel Tuned(Network network)
    {
        TunedModel own = Own(network);
        TunedTarget other = own.Targets[0] with
        {
            Device = "other",
            DeviceKind = TargetKind.OpenCl,
            VectorLanes = 1,
            Summary = new TuningSummary("auto", 1, 2, 3, 4, 5),
            Configurations = [.. own.Configurations.Take(2)],
            Programs = [new DeviceCode(new string('a', 64), 61, new byte[] { 1, 2, 3 })],
        };
        return own with { OtherTargets = [other] };
    }

    private static TunedModel Own(Network network) => new()
    {
        Network = network,
        Configurations = [.. ModelTask.Of(network, HostTarget.Widest).Select(Configured)],
        Device = "any",
        DeviceDescription = "any",
        Threads = 1,
        VectorLanes = HostTarget.Widest.Lanes,
        CreatedAt = DateTimeOffset.UnixEpoch,
        ProductVersion = "0.1.0",
    };

    private static TunedConfiguration Configured(ModelTask task)
    {
        Kernels.Spaces.Space space = KernelTemplates.CreateSpace(task.Workload, HostTarget.Of(task.Workload.Lanes));
        return new TunedConfiguration(
            task.Key,
            space[KernelTemplates.DefaultIndex(task.Workload, space, HostTarget.Of(task.Workload.Lanes))].ToLabels(),
            1,
            ConfigurationSource.Tuned,
            null);
    }

    /// <summary>Convolutions of all kinds, squeeze and excitation, concatenation, poolings, enlargement, a classifier.</summary>
    private static Network Images()
    {
        var s = new Sketch("images", seed: 1);
        string x = s.Relu(s.Conv(s.B.Input("image", 1, 3, 13, 12), 16, 3, stride: 2, pad: 1));
        string deep = s.Clip(s.Conv(x, 16, 3, pad: 1, group: 16));
        string point = s.Conv(deep, 24, 1);
        string gate = s.B.Add("Sigmoid", "gate", [s.Conv(s.Relu(s.Conv(s.B.Add("GlobalAveragePool", "squeeze", [point]), 8, 1)), 24, 1)]);
        string excited = s.B.Add("Mul", "excited", [point, gate]);
        string first = s.Relu(s.Conv(excited, 16, 3, pad: 1));
        string second = s.Relu(s.Conv(excited, 12, 1));
        string joined = s.B.Add("Concat", "joined", [first, second], ("axis", 1));
        string residual = s.Relu(s.B.Add("Add", "sum", [s.Conv(joined, 28, 3, pad: 1), joined]));
        string pooled = s.B.Add(
            "MaxPool", "pooled", [residual], ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }));
        string mean = s.B.Add("AveragePool", "mean", [pooled], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 1, 1 }));
        string large = s.B.Add(
            "Resize",
            "large",
            [mean, "", s.B.Constant("scales", Tensor.Vector(1f, 1f, 2f, 2f))],
            ("mode", "nearest"),
            ("coordinate_transformation_mode", "asymmetric"),
            ("nearest_mode", "floor"));
        string left = s.B.Add(
            "Slice", "left", [large, s.B.Constant("from", Tensor.Vector(1L)), s.B.Constant("to", Tensor.Vector(3L)), s.B.Constant("axes", Tensor.Vector(3L))]);
        string flat = s.B.Add("Flatten", "flat", [s.B.Add("GlobalAveragePool", "whole", [left])]);
        s.B.Output(s.B.Add("Softmax", "classes", [s.Dense(flat, 10)]));
        return s.Finish();
    }

    /// <summary>An encoder layer: attention, products of activations, layer norms, permutations, splits.</summary>
    private static Network Encoder()
    {
        const long Tokens = 6;
        const long Width = 32;
        var s = new Sketch("encoder", seed: 2);
        string x = s.B.Input("tokens", 1, Tokens, Width);
        string Heads(string name, long[] order) => s.B.Add(
            "Transpose", $"{name}.heads",
            [s.B.Add("Reshape", $"{name}.split", [s.Linear(x, Width), s.B.Constant($"{name}.extents", Tensor.Vector(1L, Tokens, 4, 8))])], ("perm", order));
        string root = s.B.Constant("root", Tensor.Scalar(MathF.Sqrt(8)));
        string scores = s.B.Add("Div", "scores", [s.B.Add("MatMul", "products", [Heads("query", [0, 2, 1, 3]), Heads("key", [0, 2, 3, 1])]), root]);
        string shares = s.B.Add("Softmax", "shares", [scores], ("axis", -1));
        string context = s.B.Add(
            "Transpose", "merged", [s.B.Add("MatMul", "context", [shares, Heads("value", [0, 2, 1, 3])])], ("perm", new long[] { 0, 2, 1, 3 }));
        string flat = s.B.Add("Reshape", "flat", [context, s.B.Constant("flat.extents", Tensor.Vector(1L, Tokens, Width))]);
        string normal = s.Norm(s.B.Add("Add", "attended", [s.Linear(flat, Width), x]), Width);
        string inner = s.B.Add("Gelu", "gelu", [s.Linear(normal, 2 * Width)]);
        string[] halves = s.B.Add(
            "Split", "halves", [s.Norm(s.B.Add("Add", "fed", [s.Linear(inner, Width), normal]), Width)], ["half.a", "half.b"], ("axis", 2), ("num_outputs", 2));
        string product = s.B.Add("MatMul", "gram", [halves[0], s.B.Add("Transpose", "turned", [halves[1]], ("perm", new long[] { 0, 2, 1 }))]);
        s.B.Output(s.B.Add("Tanh", "out", [s.B.Add("Sub", "less", [product, s.B.Constant("shift", Tensor.Scalar(0.5f))])]));
        s.B.Output(s.B.Add("ReduceMean", "average", [halves[0]], ("axes", new long[] { 1 }), ("keepdims", 0)));
        return s.Finish();
    }

    private static Network Narrow(Network network, WeightFormat format) => WeightNarrowing.Apply(network, format).Network;

    private static Network Forms()
    {
        var s = new Sketch("forms", seed: 3);
        string x = s.Relu(s.Conv(s.B.Input("image", 1, 32, 7, 7), 64, 3, pad: 1));
        string y = s.B.Add("Flatten", "flat", [s.B.Add("GlobalAveragePool", "whole", [s.Relu(s.Conv(x, 64, 3, pad: 1))])]);
        s.B.Output(s.Dense(y, 48));
        return LowRankForms.Add(s.Finish(), [0.75, 0.5]).Network;
    }

    /// <summary>A network under construction, with seeded weights.</summary>
    private sealed class Sketch(string name, int seed)
    {
        private readonly Random random = new(seed);
        private int count;

        public NetworkBuilder B { get; } = new(name, opset: 20);

        public string Conv(string x, long channels, long kernel, long stride = 1, long pad = 0, long group = 1)
        {
            long depth = B.TypeOf(x).Shape.Dimensions[1] / group;
            string w = Weights(channels, depth, kernel, kernel);
            return B.Add(
                "Conv", $"conv{count++}", [x, w, Weights(channels)], ("kernel_shape", new[] { kernel, kernel }), ("strides", new[] { stride, stride }),
                ("pads", new[] { pad, pad, pad, pad }), ("group", group));
        }

        public string Relu(string x) => B.Add("Relu", $"relu{count++}", [x]);

        public string Clip(string x) =>
            B.Add("Clip", $"clip{count++}", [x, B.Constant($"low{count}", Tensor.Scalar(0f)), B.Constant($"high{count}", Tensor.Scalar(6f))]);

        public string Dense(string x, long features) =>
            B.Add("Gemm", $"dense{count++}", [x, Weights(features, B.TypeOf(x).Shape.Dimensions[1]), Weights(features)], ("transB", 1));

        public string Linear(string x, long features) =>
            B.Add("Add", $"bias{count++}", [B.Add("MatMul", $"linear{count++}", [x, Weights(B.TypeOf(x).Shape.Dimensions[^1], features)]), Weights(features)]);

        public string Norm(string x, long width) =>
            B.Add("LayerNormalization", $"norm{count++}", [x, Weights(width), Weights(width)], ("axis", -1), ("epsilon", 1e-5f));

        public Network Finish() => PassPipeline.Default.Run(B.Build());

        private string Weights(params long[] extents)
        {
            var data = new float[Shape.Of(extents).Count];
            double scale = 1 / Math.Sqrt(extents.Length < 2 ? 16 : (double)data.Length / extents[0]);
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = (float)(((random.NextDouble() * 2) - 1) * scale);
            }

            return B.Constant($"weights{count++}", Tensor.Of(Shape.Of(extents), data));
        }
    }
}
