using System.Collections.Immutable;
using Attune.Learning.Networks;

namespace Attune.Design.Scalable;

/// <summary>Parameters of networks over designs and devices.</summary>
public sealed record ScalableOptions
{
    /// <summary>Width of the two hidden layers, 1 to 1024. Default 96.</summary>
    public int Hidden { get; init; } = 96;

    /// <summary>Networks whose mean is the prediction and whose spread its uncertainty, 1 to 32. Default 3.</summary>
    public int Members { get; init; } = 3;

    /// <summary>How each is trained.</summary>
    public NetworkTraining Training { get; init; } = new() { Steps = 2500, Batch = 256, Rate = 3e-3, Decay = 0.02 };

    /// <summary>Standard deviation of the noise on device features during training, so that a dozen devices are not learnt by heart. Default 0.03.</summary>
    public double FeatureNoise { get; init; } = 0.03;

    /// <summary>Share of training rows whose device is a mixture of two training devices, 0 to 1. Default 0.3.</summary>
    public double MixedShare { get; init; } = 0.3;

    /// <summary>Seed. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks every range.</summary>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        problems.AddRange(Training.Problems());
        Require(Hidden is >= 1 and <= 1024, $"a hidden width of {Hidden} is not in 1..1024");
        Require(Members is >= 1 and <= 32, $"{Members} members are not in 1..32");
        Require(FeatureNoise is >= 0 and <= 1, $"a feature noise of {FeatureNoise} is not in 0..1");
        Require(MixedShare is >= 0 and <= 1, $"a mixed share of {MixedShare} is not in 0..1");
        return problems.ToImmutable();

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }

    internal ScalableOptions Validated()
    {
        ImmutableArray<string> problems = Problems();
        return problems.IsEmpty ? this : throw new ArgumentException($"The networks cannot be trained: {string.Join("; ", problems)}.");
    }
}
