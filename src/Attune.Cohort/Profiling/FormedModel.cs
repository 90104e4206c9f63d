using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.Forms;
using Attune.Compile.LowRank;
using Attune.Compile.Quantisation;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime;

namespace Attune.Cohort.Profiling;

/// <summary>
/// A tuned model on its way to one with cheaper forms of its layers: factors or rounds weights, has kernels searched, times every form and drops those that are
/// not faster.
/// </summary>
/// <param name="start">The model without forms.</param>
/// <param name="search">Finds configurations for tasks that forms add: given the network with forms, those of all its tasks.</param>
/// <param name="report">Told how far it is.</param>
/// <param name="device">The device that it runs on.</param>
/// <param name="clock">Time.</param>
public sealed class FormedModel(
    TunedModel start, Func<FormedNetwork, CancellationToken, Task<ImmutableArray<TunedConfiguration>>> search, Action<string> report,
    DeviceProfile device, TimeProvider clock)
{
    /// <summary>The model.</summary>
    public TunedModel Model { get; private set; } = start;

    /// <summary>Forms that were made.</summary>
    public ImmutableArray<LayerForm> Layers { get; private set; } = [];

    /// <summary>Why forms that were asked for were not made; null when all were, where kernels are faster.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Times of all forms that were made.</summary>
    public ImmutableArray<FormTime> Times { get; private set; } = [];

    /// <summary>Forms that were dropped.</summary>
    public ImmutableHashSet<(string Node, int Form)> Dropped { get; private set; } = [];

    /// <summary>How models run on a device: on threads only where it is of processors.</summary>
    internal static ModelOptions OptionsFor(DeviceProfile device, int threads) =>
        new() { Threads = device.Kind == TargetKind.Cpu ? threads : 0, Device = device.Name };

    /// <summary>Adds forms.</summary>
    /// <param name="precisions">Variants whose layers multiply narrower numbers.</param>
    /// <param name="shares">For each further variant, the share of the exact layer's multiplications that a form may need, 0 to 1, falling.</param>
    /// <param name="split">How convolutions are cut in two.</param>
    /// <param name="calibration">Inputs from which ranges of bytes follow, and, where they are real ones, what low-rank forms keep.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="rounds">Rounds of timing, at least 3.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task AddAsync(
        ImmutableArray<FormPrecision> precisions, double[] shares, LowRankSplit split, CalibrationSet calibration, int threads, int rounds,
        CancellationToken cancellation)
    {
        Network exact = LayerAlternatives.Without(Model.Network);
        FormedNetwork formed = Narrowed(exact, precisions, calibration, threads, cancellation);
        if (shares.Length > 0)
        {
            // Random numbers would make what is seldom seen as important as what is always there.
            LowRankNetwork low = LowRankForms.AddBeside(
                formed.Network,
                shares,
                split,
                precisions.Length + 1,
                calibration.IsRandom ? null : new TypicalInputs(Samples(exact, calibration), threads),
                layer => report($"factoring {layer}"),
                cancellation);
            formed = new FormedNetwork(low.Network, [.. formed.Forms, .. low.Layers]);
        }

        Layers = formed.Forms;
        ImmutableArray<TunedConfiguration> configurations = await search(formed, cancellation);
        cancellation.ThrowIfCancellationRequested();
        TunedModel all = Model with { Network = formed.Network, Configurations = configurations };
        using (var compiled = CompiledModel.Compile(all, OptionsFor(device, threads)))
        {
            report("timing every form");
            Times = FormTiming.Measure(compiled, rounds, clock);
        }

        Dropped = FormTiming.NotFaster(Times);
        Network kept = LowRankForms.Drop(formed.Network, Dropped);
        HashSet<string> tasks = [.. ModelTask.Of(
            kept, device.Target).Select(task => task.Key), .. Model.Configurations.Select(configuration => configuration.Task)];
        Model = all with { Network = kept, Configurations = [.. configurations.Where(configuration => tasks.Contains(configuration.Task))] };
    }

    private FormedNetwork Narrowed(
        Network exact, ImmutableArray<FormPrecision> precisions, CalibrationSet calibration, int threads, CancellationToken cancellation)
    {
        if (precisions.IsEmpty)
        {
            return new FormedNetwork(exact, []);
        }

        report($"rounding to {string.Join(" and ", precisions.Select(PrecisionForms.NameOf))}");
        Result<FormedNetwork, QuantiseError> made = PrecisionForms.Add(
            exact, precisions, Samples(exact, calibration), threads, Model.WithoutFusions, cancellation);
        Refusal = made.Succeeded ? null : $"{made.Error.Message} {made.Error.Next}";
        return made.Succeeded ? made.Value : new FormedNetwork(exact, []);
    }

    private static Dictionary<string, Tensor>[] Samples(Network network, CalibrationSet calibration)
    {
        NetworkValue input = network.Inputs[0];
        return [.. calibration.Inputs.Select(sample => new Dictionary<string, Tensor> { [input.Name] = Tensor.Of(input.Type.Shape, sample) })];
    }
}
