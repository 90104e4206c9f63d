namespace Attune.Learning.Ranking;

/// <summary>Partners that depend on the seed and the round only, so that a fit can be repeated.</summary>
internal sealed class SeededDraws(int seed) : IPartnerDraws
{
    private Random random = new(seed);

    public void Begin(int round) => random = new Random(unchecked((seed * 1_000_003) + round));

    public int Draw(int count) => random.Next(count);
}
