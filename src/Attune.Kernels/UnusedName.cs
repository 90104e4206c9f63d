namespace Attune.Kernels;

/// <summary>Names for what passes and plans add to a network. Stateless.</summary>
internal static class UnusedName
{
    /// <summary>The wanted name, or else with a number behind it that nobody has yet.</summary>
    /// <param name="wanted">What it should be called.</param>
    /// <param name="isTaken">True for names that are given away.</param>
    public static string Of(string wanted, Func<string, bool> isTaken)
    {
        string name = wanted;
        for (int i = 2; isTaken(name); i++)
        {
            name = $"{wanted}.{i}";
        }

        return name;
    }
}
