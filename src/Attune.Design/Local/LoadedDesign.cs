using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.Weights;
using Attune.Design.Spaces;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Design.Local;

/// <summary>A design compiled for a way of running, with inputs, ready to be timed. Owns the model.</summary>
internal sealed class LoadedDesign : IDisposable
{
    private const int MaxProfiledRuns = 100;
    private readonly OpenedDevice device;
    private readonly CompiledModel model;
    private readonly Dictionary<string, Tensor> inputs;
    private readonly float[]? input;
    private readonly float[] output;

    public LoadedDesign(
        SpacePoint point,
        NarrowedNetwork network,
        OpenedDevice device,
        IReadOnlyDictionary<string,
        IReadOnlyDictionary<string,
        string>> configurations,
        int seed)
    {
        Point = point;
        this.device = device;
        Units = ModelUnit.Of(network.Network, device.Target);
        model = CompiledModel.Compile(network.Network, configurations, device.ModelOptions);
        SizeBytes = network.BytesAfter;
        inputs = Inputs(model.Inputs, seed);
        bool simple = model.Inputs.Length == 1 && model.Outputs.Length == 1 && model.Inputs[0].Type.Element == DataType.Float32
            && model.Outputs[0].Type.Element == DataType.Float32;
        input = simple ? inputs[model.Inputs[0].Name].Elements<float>() : null;
        output = simple ? new float[model.Outputs[0].Type.Shape.Count] : [];
        long boundary = model.Inputs.Concat(model.Outputs).Sum(value => value.Type.Shape.Count * (long)sizeof(float));
        PeakBytes = model.ArenaBytes + model.WorkspaceBytes + model.WeightBytes + boundary;
    }

    public SpacePoint Point { get; }

    public ImmutableArray<ModelUnit> Units { get; }

    public long PeakBytes { get; }

    public long SizeBytes { get; }

    public void Run()
    {
        if (input is null)
        {
            model.Run(inputs);
        }
        else
        {
            model.Run(input, output);
        }
    }

    /// <summary>
    /// Times of the units. On processors they are scaled so that they add up to the latency: the stamps between steps cost a little themselves. On other
    /// devices copies of inputs and outputs belong to no unit, so they add up to the latency at most.
    /// </summary>
    /// <param name="ms">Latency of the model.</param>
    /// <param name="rounds">Profiles, of which each step's least median counts.</param>
    /// <param name="roundMs">About how long a profile may take, milliseconds.</param>
    public ImmutableArray<(ModelUnit Unit, double Ms)> Profile(double ms, int rounds, double roundMs)
    {
        int runs = (int)Math.Clamp(roundMs / Math.Max(ms, 1e-3), 3, MaxProfiledRuns);
        double[] min = model.Profile(inputs, runs);
        for (int round = 1; round < rounds; round++)
        {
            double[] again = model.Profile(inputs, runs);
            for (int i = 0; i < min.Length; i++)
            {
                min[i] = Math.Min(min[i], again[i]);
            }
        }

        // Aliases do nothing and are no units; all other steps are, in the same order.
        double[] steps = [.. model.Steps.Select((step, i) => (step, min[i])).Where(pair => pair.step.Operation != "Alias").Select(pair => pair.Item2)];
        double scale = ms / Math.Max(steps.Sum(), 1e-9);
        scale = device.Way.IsProcessor ? scale : Math.Min(1, scale);
        return steps.Length == Units.Length ? [.. Units.Select((unit, i) => (unit, Math.Max(steps[i] * scale, 1e-6)))] : [];
    }

    public void Dispose() => model.Dispose();

    private static Dictionary<string, Tensor> Inputs(ImmutableArray<NetworkValue> values, int seed)
    {
        var random = new Random(seed);
        return values.ToDictionary(value => value.Name, value =>
        {
            var tensor = Tensor.Zeros(value.Type.Element, value.Type.Shape);
            if (tensor.Data is float[] floats)
            {
                for (int i = 0; i < floats.Length; i++)
                {
                    floats[i] = (random.NextSingle() * 2) - 1;
                }
            }

            return tensor;
        });
    }
}
