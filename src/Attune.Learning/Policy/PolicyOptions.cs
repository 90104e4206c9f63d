namespace Attune.Learning.Policy;

/// <summary>Parameters of <see cref="PolicyAgent"/>; the defaults are those of CHAMELEON's published code (ICLR 2020).</summary>
public sealed record PolicyOptions
{
    /// <summary>Units of every hidden layer. Range 2 to 256. Default 20.</summary>
    public int Hidden { get; init; } = 20;

    /// <summary>Divisor in front of the last layer of the policy: the smaller, the more decided it starts. Above 0. Default 0.1.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Discount gamma of later rewards, in [0, 1]. Default 0.9.</summary>
    public double Discount { get; init; } = 0.9;

    /// <summary>Decay lambda of the generalised advantage estimate, in [0, 1]. Default 0.99.</summary>
    public double Trace { get; init; } = 0.99;

    /// <summary>Largest relative change of a probability that still counts (PPO's epsilon), above 0. Default 0.2; the paper's appendix has 0.3.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>Weight of the value's squared error, at least 0. Default 1.</summary>
    public double ValueWeight { get; init; } = 1;

    /// <summary>Weight of the policy's entropy, at least 0; keeps it from settling early. Default 0.3; the paper's appendix has 0.1.</summary>
    public double EntropyWeight { get; init; } = 0.3;

    /// <summary>Adam's step, above 0. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Updates after every episode. Range 1 to 100. Default 3.</summary>
    public int Updates { get; init; } = 3;

    /// <summary>Transitions per update. Range 1 to 4096. Default 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Everything out of range.</summary>
    public IEnumerable<string> Problems()
    {
        if (Hidden is < 2 or > 256 || Updates is < 1 or > 100 || Batch is < 1 or > 4096)
        {
            yield return $"Policy.Hidden {Hidden} must be in 2..256, Policy.Updates {Updates} in 1..100 and Policy.Batch {Batch} in 1..4096";
        }

        if (!(Temperature > 0) || !(Clip > 0) || !(LearningRate > 0))
        {
            yield return $"Policy.Temperature {Temperature}, Policy.Clip {Clip} and Policy.LearningRate {LearningRate} must be above 0";
        }

        if (Discount is not (>= 0 and <= 1) || Trace is not (>= 0 and <= 1) || !(ValueWeight >= 0) || !(EntropyWeight >= 0))
        {
            yield return $"Policy.Discount {Discount} and Policy.Trace {Trace} must be in 0..1, Policy.ValueWeight {ValueWeight} and Policy.EntropyWeight "
                + $"{EntropyWeight} not negative";
        }
    }
}
