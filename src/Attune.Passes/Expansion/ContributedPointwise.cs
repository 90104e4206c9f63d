using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>Activations and sums of ONNX Runtime's own domain, which its optimiser and transformer exporters write.</summary>
internal static class ContributedPointwise
{
    private const int GeluSince = 20;
    private const float QuickGeluSlope = 1.702f;

    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(ContributedOperators.Domain + "Gelu", static scope => Gelu(scope, Attributes.None)),
        new(ContributedOperators.Domain + "BiasGelu", static scope => Gelu(scope, Attributes.None)),
        new(ContributedOperators.Domain + "FastGelu", static scope => Gelu(scope, Attributes.None.With("approximate", "tanh"))),
        new(ContributedOperators.Domain + "QuickGelu", QuickGelu),
        new(ContributedOperators.Domain + "BiasAdd", Sum),
    ];

    private static bool Gelu(ExpansionScope scope, Attributes attributes)
    {
        if (scope.Type(0) is not { } x || !Numbers.IsFloat(x.Element))
        {
            return false;
        }

        string input = scope.Node.Inputs[0];
        string inner = scope.Has(1) ? scope.Add("Add", [input, scope.Node.Inputs[1]]) : input;
        scope.Write(GeluSince, "Gelu", [inner], [scope.Node.Outputs[0]], attributes);
        return true;
    }

    private static bool QuickGelu(ExpansionScope scope)
    {
        if (scope.Type(0) is not { } x || !Numbers.IsFloat(x.Element))
        {
            return false;
        }

        scope.Result("Swish", [scope.Node.Inputs[0]], ("alpha", scope.Attributes.Float("alpha", QuickGeluSlope)));
        return true;
    }

    // x + bias + skip
    private static bool Sum(ExpansionScope scope)
    {
        if (!scope.Has(0) || !scope.Has(1) || !scope.Has(2))
        {
            return false;
        }

        scope.Result("Add", [scope.Add("Add", [scope.Node.Inputs[0], scope.Node.Inputs[1]]), scope.Node.Inputs[2]]);
        return true;
    }
}
