using Attune.Compile;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>Compares a compiled network with the reference kernels on the network as it was drawn. Stateless.</summary>
internal static class GraphTrial
{
    // What lies below every normal number may be flushed or kept.
    private const double Floor = 1e-36;

    // Kernels read halves as 2^-97 of the largest weight, so that products of tiny activations are no longer normal (decision 0012).
    private const double HalfFloor = 1e-11;

    // Winograd's transforms amplify roundings; configurations at random use them.
    private const double RandomConfigurations = 64;

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> Defaults = [];

    /// <summary>What is wrong; null for nothing. Exceptions of the compiled path are differences too.</summary>
    /// <param name="network">The network as drawn.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="expected">What the reference kernels make of it.</param>
    /// <param name="setting">How to compile and run it.</param>
    public static Difference? Run(
        Network network, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyDictionary<string, ScaledTensor> expected, FuzzSetting setting)
    {
        try
        {
            return Compare(network, inputs, expected, setting) is { } reason ? new Difference(setting, reason) : null;
        }
        catch (InvalidOperationException refused) when (setting.Configurations is not null && refused.Message.Contains("cannot be compiled"))
        {
            // A tune would measure something else.
            return null;
        }
#pragma warning disable CA1031 // Whatever is thrown is what a fuzzer looks for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Difference(setting, $"{exception.GetType().Name}: {exception.Message} "
                + $"{string.Join(' ', (exception.StackTrace ?? string.Empty).Split('\n').Take(8).Select(line => line.Trim()))}");
        }
    }

    private static string? Compare(
        Network network, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyDictionary<string, ScaledTensor> expected, FuzzSetting setting)
    {
        Network compiledFrom = network;
        string? unsound = null;
        if (setting.Passes)
        {
            compiledFrom = PassPipeline.Default.Without(setting.Without).Run(
                network, (pass, after) => unsound ??= NetworkVerifier.Verify(after) is [var first, ..] ? $"After {pass.Name}: {first}" : null);
        }

        if (unsound is not null)
        {
            return unsound;
        }

        double floor = Floor;
        double tolerance = ErrorScales.Deviations * (setting.Configurations is null ? 1 : RandomConfigurations);
        if (setting.Weights != WeightFormat.F32)
        {
            // Rounded weights are another network; its own reference says what is right.
            compiledFrom = WeightNarrowing.Apply(compiledFrom, setting.Weights).Network;
            IReadOnlyDictionary<string, Tensor> rounded = ReferenceExecutor.Run(compiledFrom, inputs);
            expected = expected.ToDictionary(pair => pair.Key, pair => Rounded(pair.Value, rounded[pair.Key]));
            tolerance *= 2;
            floor = setting.Weights == WeightFormat.F16 ? HalfFloor : floor;
        }

        using CompiledModel model = Compile(compiledFrom, setting);
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        if (Worst(actual, expected, tolerance, floor) is { } difference)
        {
            if (!model.Steps.Any(step => IsBilinear(step.Algorithm)))
            {
                return difference;
            }

            expected = ErrorScales.Run(network, inputs, bilinear: true);
            if (Worst(actual, expected, tolerance, floor) is { } still)
            {
                return still;
            }
        }

        // Memory that only the run before wrote would show when other numbers ran in between.
        model.Run(inputs.ToDictionary(pair => pair.Key, pair => Other(pair.Value)));
        IReadOnlyDictionary<string, Tensor> again = model.Run(inputs);

        // Tiles at an image's edge overlap. Where two threads compute such a pixel by other sums, whoever is last leaves its rounding; one thread has no such
        // choice.
        bool Changes(string name) => setting.Threads == 1
            ? !Same(actual[name], again[name])
            : TensorDifference.Of(again[name], expected[name], tolerance, floor) is not null;
        return expected.Keys.FirstOrDefault(Changes) is { } changed ? $"Output '{changed}' depends on what ran before." : null;
    }

    private static bool IsBilinear(string? algorithm) =>
        algorithm is not null && (algorithm.StartsWith("winograd", StringComparison.Ordinal) || algorithm.StartsWith("strassen", StringComparison.Ordinal));

    private static string? Worst(
        IReadOnlyDictionary<string, Tensor> actual, IReadOnlyDictionary<string, ScaledTensor> expected, double tolerance, double floor) =>
        expected.Select(pair => TensorDifference.Of(actual[pair.Key], pair.Value, tolerance, floor) is { } difference
            ? $"Output '{pair.Key}' ({pair.Value.Value.Shape}): {difference}"
            : null).FirstOrDefault(difference => difference is not null);

    private static CompiledModel Compile(Network network, FuzzSetting setting)
    {
        var options = new ModelOptions { Threads = setting.Threads, Lanes = setting.Lanes, WithoutFusions = setting.Without };
        if (setting.Configurations is not { } seed)
        {
            return CompiledModel.Compile(network, Defaults, options);
        }

        var random = new Random(seed);
        var configurations = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (ModelTask task in ModelTask.PairsOf(network, HostTarget.Of(setting.Lanes)).Where(_ => random.Next(2) == 0).Concat(
            ModelTask.Of(network, HostTarget.Of(setting.Lanes))))
        {
            if (RandomConfiguration(task.Workload, random) is { } configuration)
            {
                configurations[task.Key] = configuration.ToLabels();
            }
        }

        return CompiledModel.Compile(network, configurations, options);
    }

    /// <summary>A valid point of the space, another algorithm than the default's where there is one and luck wants it; null when none was hit.</summary>
    private static Configuration? RandomConfiguration(WeightedWorkload workload, Random random)
    {
        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
        long[] suggested = [.. KernelTemplates.SuggestedIndices(workload, space, HostTarget.Of(workload.Lanes))];
        if (suggested.Length > 0 && random.Next(2) == 0)
        {
            return space[suggested[random.Next(suggested.Length)]];
        }

        for (int attempt = 0; attempt < 20; attempt++)
        {
            SpacePart part = space.Parts[random.Next(space.Parts.Length)];
            long index = part.First + random.NextInt64(part.Space.Count);
            if (space.IsValid(index))
            {
                return space[index];
            }
        }

        return null;
    }

    /// <summary>
    /// The scale at rounded weights. An activation that was flat where the weights were exact need not be flat where they are rounded: roundings of weights, of
    /// 2^-12 and more, show how steep it is there for the roundings of sums, of 2^-24.
    /// </summary>
    private static ScaledTensor Rounded(ScaledTensor exact, Tensor rounded)
    {
        if (exact.Scale is not { } scale)
        {
            return new ScaledTensor(rounded, null);
        }

        float[] widest = Widest(scale);
        if (ScaledTensor.NumbersOf(exact.Value) is { } before && ScaledTensor.NumbersOf(rounded) is { } after)
        {
            for (int i = 0; i < widest.Length; i++)
            {
                widest[i] = Math.Max(widest[i], Math.Abs(after[i] - before[i]) * (1f / (1 << 12)));
            }
        }

        return new ScaledTensor(rounded, widest);
    }

    /// <summary>The largest scale for every number: what is cut off with one set of weights need not be with another.</summary>
    private static float[] Widest(float[] scale)
    {
        var widest = new float[scale.Length];
        Array.Fill(widest, scale.DefaultIfEmpty().Max());
        return widest;
    }

    private static Tensor Other(Tensor tensor) =>
        tensor.Data is float[] numbers ? Tensor.Of(tensor.Shape, Array.ConvertAll(numbers, number => 1.5f - (3 * number))) : tensor;

    private static bool Same(Tensor a, Tensor b) =>
        a.Data is float[] x && b.Data is float[] y ? x.AsSpan().SequenceEqual(y) : a.Data.Cast<object>().SequenceEqual(b.Data.Cast<object>());
}
