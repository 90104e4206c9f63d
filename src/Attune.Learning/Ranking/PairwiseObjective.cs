namespace Attune.Learning.Ranking;

/// <summary>
/// The pairwise logistic loss of LambdaRank without list weights, as XGBoost's rank:pairwise of the releases that AutoTVM used has it: every row of the single
/// list draws one partner uniformly among the rows with another label, and the pair pulls both ways. A row of weight w counts as w rows: its pair weighs w and
/// it is drawn as a partner w times as often. Cost of a round O(rows log rows) at most.
/// </summary>
internal sealed class PairwiseObjective : BoostingObjective
{
    private readonly IPartnerDraws draws;
    private readonly bool counted;

    // Rows that take part, by falling label; buckets of equal labels are [starts[b], starts[b + 1]).
    private readonly int[] order;
    private readonly int[] starts;

    // cumulative[i]: weight of the first i rows of the order.
    private readonly double[] cumulative;

    public PairwiseObjective(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, IPartnerDraws draws)
    {
        this.draws = draws;
        var rows = new List<int>(labels.Length);
        for (int row = 0; row < labels.Length; row++)
        {
            if (weights[row] > 0)
            {
                rows.Add(row);
                counted |= weights[row] != 1;
            }
        }

        float[] merit = labels.ToArray();
        order = [.. rows.OrderByDescending(row => merit[row])];
        cumulative = new double[order.Length + 1];
        var bounds = new List<int>();
        for (int i = 0; i < order.Length; i++)
        {
            cumulative[i + 1] = cumulative[i] + weights[order[i]];
            if (i == 0 || merit[order[i]] != merit[order[i - 1]])
            {
                bounds.Add(i);
            }
        }

        bounds.Add(order.Length);
        starts = [.. bounds];
    }

    public override void Derive(
        int round, ReadOnlySpan<float> margins, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> curvatures)
    {
        gradients.Clear();
        curvatures.Clear();
        draws.Begin(round);
        for (int bucket = 0; starts.Length > 2 && bucket + 1 < starts.Length; bucket++)
        {
            int from = starts[bucket];
            int to = starts[bucket + 1];
            for (int i = from; i < to; i++)
            {
                int partner = Partner(from, to);
                int better = order[Math.Min(i, partner)];
                int worse = order[Math.Max(i, partner)];
                float weight = weights[order[i]];
                float agreement = Sigmoid(margins[better] - margins[worse]);
                float gradient = agreement - 1;
                float curvature = 2 * weight * MathF.Max(agreement * (1 - agreement), MinCurvature);
                gradients[better] += gradient * weight;
                gradients[worse] -= gradient * weight;
                curvatures[better] += curvature;
                curvatures[worse] += curvature;
            }
        }
    }

    // Position in the order of a row outside [from, to).
    private int Partner(int from, int to)
    {
        if (!counted)
        {
            int draw = draws.Draw(order.Length - (to - from));
            return draw < from ? draw : draw + (to - from);
        }

        double own = cumulative[to] - cumulative[from];
        double place = (draws.Draw(1 << 30) + 0.5) / (1 << 30) * (cumulative[^1] - own);
        if (place >= cumulative[from])
        {
            place += own;
        }

        int found = Array.BinarySearch(cumulative, place);
        int position = Math.Clamp(found < 0 ? ~found - 1 : found, 0, order.Length - 1);

        // Rounding at a bucket's edge must not make a row its own bucket's partner.
        return position < from || position >= to ? position : to < order.Length ? to : from - 1;
    }
}
