using Attune.Kernels;

namespace Attune.Runtime.Tests;

/// <summary>A network with a residual connection, two branches and layers of every kind that has low-rank forms.</summary>
internal static class BranchedNetwork
{
    public static Network Of(NetworkSketch s)
    {
        string x = s.Input("x", 1, 3, 21, 19);
        string a = s.Conv(x, [1, 64, 11, 10], 5, 2, 2);
        string b = s.Conv(a, [1, 64, 11, 10], 3, 1, 1);
        string c = s.Conv(b, [1, 64, 11, 10], 3, 1, 1, residual: a);
        string left = s.Conv(c, [1, 48, 11, 10], 1);
        string right = s.Conv(c, [1, 80, 11, 10], 3, 1, 1, activation: "none");
        string both = s.Node("Concat", [left, right], [1, 128, 11, 10], Attributes.None.With("axis", 1L));
        string d = s.Conv(both, [1, 96, 6, 5], 3, 2, 1, activation: "hard_swish");
        string g = s.Node("GlobalAveragePool", [d], [1, 96, 1, 1]);
        string f = s.Node("Flatten", [g], [1, 96]);
        return s.Finish(s.Dense(f, [1, 70]));
    }
}
