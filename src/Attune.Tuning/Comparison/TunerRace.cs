using System.Collections.Immutable;

namespace Attune.Tuning.Comparison;

/// <summary>One search of a comparison.</summary>
/// <param name="Space">Name of the recorded device.</param>
/// <param name="Tuner">Label of the searcher.</param>
/// <param name="Seed">Seed of the search.</param>
/// <param name="Curve">Optimum / best found after every trial, from the first; 0 while nothing valid was found.</param>
/// <param name="Failures">Trials that gave no time.</param>
/// <param name="DeviceSeconds">Seconds that compiling and measuring the trials took when the device was recorded.</param>
/// <param name="ThinkingSeconds">Seconds that the searcher spent between trials on this machine.</param>
public sealed record TunerRace(string Space, string Tuner, int Seed, ImmutableArray<double> Curve, int Failures, double DeviceSeconds, double ThinkingSeconds)
{
    /// <summary>Optimum / best found after a number of trials; a search that found no further point stays where it was.</summary>
    public double At(int trials) => Curve[Math.Min(trials, Curve.Length) - 1];
}
