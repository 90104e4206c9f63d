using Attune.Learning;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Decides how far history is believed: what a model with it and one without it predicted of configurations before they were measured is compared with what
/// came out, and the logarithm of the ratio of both densities is summed up (prequential evidence). One surprise counts only so much, and old ones fade, so that
/// a prior that is right at first and wrong near the optimum loses its say where it matters. One thread at a time.
/// </summary>
/// <param name="trust">Odds of history before anything was measured.</param>
internal sealed class TransferJudge(double trust)
{
    private const double Max = 2;
    private const double Fading = 0.97;
    private double evidence;

    /// <summary>Share of the trials that history deserves, in (0, 1).</summary>
    public double Share => 1 / (1 + Math.Exp(Math.Clamp(-(Math.Log(trust) + evidence), -50, 50)));

    /// <summary>Forecasts that were compared so far.</summary>
    public int Judged { get; private set; }

    /// <summary>Compares forecasts with what came out.</summary>
    /// <param name="observations">Timed points, none of which the models knew when they forecast.</param>
    /// <param name="warm">Forecasts of the negated logarithm of their times with history, noise included.</param>
    /// <param name="cold">The same without.</param>
    public void Compare(IReadOnlyList<Observation> observations, ReadOnlySpan<Estimate> warm, ReadOnlySpan<Estimate> cold)
    {
        for (int i = 0; i < observations.Count; i++)
        {
            double merit = -Math.Log(observations[i].TimeMs);
            evidence = (Fading * evidence) + Math.Clamp(LogDensity(warm[i], merit) - LogDensity(cold[i], merit), -Max, Max);
            Judged++;
        }
    }

    private static double LogDensity(Estimate estimate, double value)
    {
        double deviation = Math.Max(estimate.Deviation, 1e-6);
        double z = (value - estimate.Mean) / deviation;
        return -Math.Log(deviation) - (0.5 * z * z);
    }
}
