namespace Attune.Design.Search;

/// <summary>Designs that differ in one gene.</summary>
public static class Neighbours
{
    /// <summary>All allowed designs one gene away, in canonical form, each once, without the design itself.</summary>
    /// <param name="space">The space.</param>
    /// <param name="genes">A canonical design.</param>
    public static IEnumerable<int[]> Of(IGeneSpace space, int[] genes)
    {
        var seen = new HashSet<int[]>(GeneEquality.Instance) { genes };
        for (int i = 0; i < genes.Length; i++)
        {
            for (int v = 0; v < space.ValuesOf(i); v++)
            {
                int[] neighbour = [.. genes];
                neighbour[i] = v;
                space.Canonicalise(neighbour);
                if (space.IsAllowed(neighbour) && seen.Add(neighbour))
                {
                    yield return neighbour;
                }
            }
        }
    }
}
