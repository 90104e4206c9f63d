namespace Attune.Learning.Ranking;

/// <summary>Source of the random partners of the pairwise loss.</summary>
internal interface IPartnerDraws
{
    /// <summary>Called before the draws of a boosting round.</summary>
    void Begin(int round);

    /// <summary>A number in [0, <paramref name="count"/>), each equally likely.</summary>
    int Draw(int count);
}
