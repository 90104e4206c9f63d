using Attune.Numerics;

namespace Attune.Tuning.Choices;

/// <summary>
/// What the alternatives cost inside the model, learned from whole models that were measured: the time of a site's steps, less the predicted cost of fetching
/// their input from other cores, since that belongs to the edges. Alternatives never run inside are taken at their time alone, scaled as the site's others
/// were.
/// </summary>
internal sealed class LearnedCosts(ModelChoices choices)
{
    // Fetching overlaps with computing, so the prediction may be too dear: it never explains more than this share of a time.
    private const double MaxFetching = 0.6;
    private readonly double[][] measured = [.. choices.Sites.Select(site => Enumerable.Repeat(double.PositiveInfinity, site.Alternatives.Length).ToArray())];

    /// <summary>Takes a measured model in.</summary>
    /// <param name="chosen">Its choices.</param>
    /// <param name="siteMs">Times of its sites.</param>
    public void Add(IReadOnlyList<int> chosen, double[] siteMs)
    {
        for (int i = 0; i < siteMs.Length; i++)
        {
            ChoiceSite site = choices.Sites[i];
            bool fused = site.IsFused(chosen[i]);
            if (fused && site.IsFirst)
            {
                measured[i][chosen[i]] = 0;
                continue;
            }

            double fetching = choices.FetchMs(i, chosen) + (fused ? choices.FetchMs(choices.Partner(i), chosen) : 0);
            double own = Math.Max(siteMs[i] - fetching, (1 - MaxFetching) * siteMs[i]);
            measured[i][chosen[i]] = Math.Min(measured[i][chosen[i]], own);
        }
    }

    /// <summary>Costs of all alternatives, milliseconds.</summary>
    public double[][] Costs()
    {
        double[][] costs = choices.AloneCosts();
        for (int i = 0; i < costs.Length; i++)
        {
            double[] alone = costs[i];
            double[] ratios = [.. Enumerable.Range(0, alone.Length).Where(
                a => double.IsFinite(measured[i][a]) && double.IsFinite(alone[a]) && alone[a] > 0).Select(a => measured[i][a] / alone[a])];
            double scale = ratios.Length == 0 ? 1 : Quantiles.Median(ratios);
            costs[i] = [.. alone.Select((ms, a) => double.IsFinite(measured[i][a]) ? measured[i][a] : ms * scale)];
        }

        return costs;
    }
}
