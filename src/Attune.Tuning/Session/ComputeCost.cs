using System.Collections.Immutable;
using Attune.Compile.Models;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Numerics;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Tuning.Session;

/// <summary>What multiplying narrower numbers costs and gains, measured beside the same network in 32-bit floats with default configurations.</summary>
/// <param name="Error">The worst output against 32-bit floats, on made-up inputs.</param>
/// <param name="FloatMs">Time of the network in 32-bit floats, milliseconds: median of alternate runs.</param>
/// <param name="Ms">Time of the model, milliseconds: median of the same.</param>
public sealed record ComputeCost(OutputError Error, double FloatMs, double Ms)
{
    private const int MaxRounds = 15;
    private const double MaxTotalMs = 3000;

    /// <summary>How many times as fast as 32-bit floats.</summary>
    public double Gain => FloatMs / Ms;

    /// <summary>Measures.</summary>
    /// <param name="plan">What was tuned.</param>
    /// <param name="configurations">Configurations of the model.</param>
    internal static ComputeCost Of(TunePlan plan, ImmutableArray<TunedConfiguration> configurations)
    {
        Network floats = PassPipeline.Default.Without(plan.Options.WithoutFusions).Run(plan.Original);
        Dictionary<string, Tensor> inputs = RandomInputs.For(plan.Original.Inputs, plan.Options.Seed);
        using var exact = CompiledModel.Compile(floats, TunedConfigurations.None, plan.ModelOptions);
        using var rounded = CompiledModel.Compile(plan.Fused, TunedConfigurations.Of(configurations), plan.ModelOptions);
        IReadOnlyDictionary<string, Tensor> expected = exact.Run(inputs);
        IReadOnlyDictionary<string, Tensor> actual = rounded.Run(inputs);
        OutputError worst = plan.Original.Outputs.Select(output => OutputError.Of(output.Name, actual[output.Name], expected[output.Name]))
            .MaxBy(error => error.MaxRelError)!;
        (TimedModel one, TimedModel other) = (new TimedModel(exact, plan.Options.Seed), new TimedModel(rounded, plan.Options.Seed));
        (double oneMs, double otherMs) = (one.Run(1).Ms, other.Run(1).Ms);
        int rounds = Math.Clamp((int)(MaxTotalMs / (oneMs + otherMs)), 1, MaxRounds);
        var times = new (double Float, double Own)[rounds];
        for (int round = 0; round < rounds; round++)
        {
            times[round] = (one.Run(1).Ms, other.Run(1).Ms);
        }

        return new ComputeCost(worst, Quantiles.Median(times.Select(time => time.Float)), Quantiles.Median(times.Select(time => time.Own)));
    }
}
