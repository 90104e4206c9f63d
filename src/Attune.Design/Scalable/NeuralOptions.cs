using System.Collections.Immutable;

namespace Attune.Design.Scalable;

/// <summary>Parameters of <see cref="NeuralOptimizer"/>.</summary>
public sealed record NeuralOptions
{
    /// <summary>Multiplier or budget. Default budget, because users have budgets.</summary>
    public NeuralForm Form { get; init; } = NeuralForm.Budget;

    /// <summary>Networks with different seeds, each of which proposes designs, 1 to 32. Default 3.</summary>
    public int Members { get; init; } = 3;

    /// <summary>Width of the two hidden layers, 1 to 1024. Default 96.</summary>
    public int Hidden { get; init; } = 96;

    /// <summary>Steps of descent, at least 1. Default 2000.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Pairs of device and budget per step, at least 1. Default 128.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>First learning rate. Default 2e-3.</summary>
    public double Rate { get; init; } = 2e-3;

    /// <summary>
    /// Weight of the entropy of the genes at the end, in points of accuracy per gene; it rises in proportion to the step, which forces one value per gene.
    /// Default 0.4.
    /// </summary>
    public double EntropyEnd { get; init; } = 0.4;

    /// <summary>
    /// Weight rho of the penalty rho v + 5 rho v^2, v the logarithm of latency over budget where positive; in points of accuracy. Budget form only. Default 40.
    /// </summary>
    public double Penalty { get; init; } = 40;

    /// <summary>
    /// Least and most of the condition in training: multipliers in points per reference latency, or budgets over the reference latency. Drawn evenly in the
    /// logarithm.
    /// </summary>
    public (double Min, double Max) Range { get; init; } = (0.25, 2.2);

    /// <summary>Seed. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks every range.</summary>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Require(Members is >= 1 and <= 32, $"{Members} members are not in 1..32");
        Require(Hidden is >= 1 and <= 1024, $"a hidden width of {Hidden} is not in 1..1024");
        Require(Steps is >= 1 and <= 10_000_000, $"{Steps} steps are not in 1..10000000");
        Require(Batch is >= 1 and <= 65_536, $"a batch of {Batch} is not in 1..65536");
        Require(Rate is > 0 and <= 1, $"the rate {Rate} is not in 0..1");
        Require(EntropyEnd >= 0, $"the entropy weight {EntropyEnd} is below 0");
        Require(Penalty > 0, $"the penalty {Penalty} is not above 0");
        Require(Range.Min > 0 && Range.Max > Range.Min, $"the range {Range.Min}..{Range.Max} is empty or not above 0");
        return problems.ToImmutable();

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
