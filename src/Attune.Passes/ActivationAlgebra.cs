using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Recognises activations that exporters spell out in elementary operators: GELU through erf or tanh, SiLU, hard swish. The operators between
/// a value and a result are brought to a normal form and looked up; every spelling with the same algebra is found.
/// </summary>
internal sealed class ActivationAlgebra(NetworkEditor editor)
{
    // A spelt-out tanh GELU is seven operators deep; more than this is something else.
    private const int DeepestChain = 9;

    private static readonly Dictionary<string, string> Known = Formulas();

    /// <summary>A recognised activation.</summary>
    /// <param name="Activation">Its name in the vocabulary of fused operators.</param>
    /// <param name="Variable">The value it is applied to.</param>
    /// <param name="Inner">Positions of the operators that it replaces, the last one excluded.</param>
    internal sealed record Match(string Activation, string Variable, IReadOnlyList<int> Inner);

    /// <summary>The activation that ends at a position, or null. Operators whose results are read elsewhere cannot be replaced.</summary>
    public Match? Find(int root)
    {
        if (editor[root] is not { Operator: "Mul" or "Div" } node)
        {
            return null;
        }

        // Every value on the way up may be the variable; the one farthest away explains most operators.
        var seen = new List<string>();
        Collect(node, seen, 0);
        for (int i = seen.Count - 1; i >= 0; i--)
        {
            string candidate = seen[i];
            var inner = new HashSet<int>();
            if (Describe(node, candidate, inner, 0) is { } form && Known.TryGetValue(form.Key, out string? activation) && Closed(root, inner))
            {
                return new Match(activation, candidate, [.. inner]);
            }
        }

        return null;
    }

    private void Collect(Node node, List<string> seen, int depth)
    {
        foreach (string input in node.Inputs.Where(input => input.Length > 0 && editor.Constant(input) is null && !seen.Contains(input)))
        {
            seen.Add(input);
            if (depth < DeepestChain && editor.ProducerOf(input) is >= 0 and var producer && IsElementary(editor[producer]!))
            {
                Collect(editor[producer]!, seen, depth + 1);
            }
        }
    }

    private bool Closed(int root, HashSet<int> inner) =>
        inner.All(index => editor[index]!.Outputs.All(output =>
            !editor.IsOutput(output) && editor.ReadersOf(output).All(reader => reader == root || inner.Contains(reader))));

    private static bool IsElementary(Node node) =>
        node.Operator is "Mul" or "Div" or "Add" or "Sub" or "Neg" or "Pow" or "Erf" or "Tanh" or "Sigmoid" or "HardSigmoid" or "Clip";

    private Monomial? Value(string value, string variable, HashSet<int> inner, int depth)
    {
        if (value == variable)
        {
            return Monomial.Variable;
        }

        if (editor.Scalar(value) is { } number)
        {
            return Monomial.Number(number);
        }

        int producer = editor.ProducerOf(value);
        if (producer < 0 || depth > DeepestChain || !IsElementary(editor[producer]!))
        {
            return null;
        }

        inner.Add(producer);
        return Describe(editor[producer]!, variable, inner, depth + 1);
    }

    private Monomial? Describe(Node node, string variable, HashSet<int> inner, int depth)
    {
        Monomial? a = Value(node.Inputs[0], variable, inner, depth);
        if (a is null)
        {
            return null;
        }

        switch (node.Operator)
        {
            case "Neg":
                return Monomial.Number(-1) * a;
            case "Erf" or "Tanh" or "Sigmoid":
                return Monomial.Call(node.Operator, a);
            case "HardSigmoid":
                return Monomial.Clip((Monomial.Number(node.Attributes.Float("alpha", 0.2f)) * a) + Monomial.Number(node.Attributes.Float("beta", 0.5f)), 0, 1);
            case "Clip":
                return ActivationParameters.ClipBounds(editor, node) is { } bounds ? Monomial.Clip(a, bounds.Low, bounds.High) : null;
            case "Pow":
                return editor.Scalar(node.Inputs[1]) switch
                {
                    2 => a * a,
                    3 => a * a * a,
                    _ => null,
                };
        }

        Monomial? b = Value(node.Inputs[1], variable, inner, depth);
        return (node.Operator, b) switch
        {
            (_, null) => null,
            ("Mul", _) => a * b,
            ("Add", _) => a + b,
            ("Sub", _) => a + (Monomial.Number(-1) * b),
            ("Div", { Atoms.Count: 0, Factor: not 0 }) => a * Monomial.Number(1 / b.Factor),
            _ => null,
        };
    }

    private static Dictionary<string, string> Formulas()
    {
        Monomial x = Monomial.Variable;
        static Monomial N(double value) => Monomial.Number(value);
        double tanhScale = Math.Sqrt(2 / Math.PI);
        Monomial cubic = N(0.044715) * x * x;
        return new Dictionary<string, string>
        {
            [(x * Monomial.Call("Sigmoid", x)).Key] = "silu",
            [(x * Monomial.Clip((N(1.0 / 6) * x) + N(0.5), 0, 1)).Key] = "hard_swish",
            [(N(0.5) * x * (N(1) + Monomial.Call("Erf", N(Math.Sqrt(0.5)) * x))).Key] = "gelu",
            [(N(0.5) * x * (N(1) + Monomial.Call("Tanh", N(tanhScale) * (x + (cubic * x))))).Key] = "gelu_tanh",
            [(N(0.5) * x * (N(1) + Monomial.Call("Tanh", N(tanhScale) * x * (N(1) + cubic)))).Key] = "gelu_tanh",
        };
    }
}
