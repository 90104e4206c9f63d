using Attune.Kernels;
using Attune.Runtime.Plan.Narrow;
using Attune.Runtime.Weights;

namespace Attune.Runtime.Files;

/// <summary>
/// Checks the structure of a network that came from a file, before its weights are read: every value is defined once and before it is read, constants and
/// inputs have their types, and other forms of a layer stand where staged execution looks for them. What operators make of their inputs is the matter of
/// <see cref="NetworkTypes"/>.
/// </summary>
internal static class NetworkCheck
{
    private const int MaxForms = 1000;

    /// <summary>Stands for the form of a layer's result in another form, which nobody reads by name.</summary>
    private const int Unread = -1;

    /// <summary>Checks a network and those inside its attributes.</summary>
    /// <exception cref="FileDefectException">It breaks a rule.</exception>
    public static void Check(Network network)
    {
        Check(network, []);
        CheckForms(network);
    }

    private static void Check(Network network, HashSet<string> outer)
    {
        var known = new HashSet<string>(outer, StringComparer.Ordinal);
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, Tensor tensor) in network.Constants)
        {
            Define(name);
            Typed(name, tensor.Type);
        }

        foreach (NetworkValue input in network.Inputs)
        {
            Define(input.Name);
            Typed(input.Name, input.Type);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in network.Nodes)
        {
            Require(names.Add(node.Name), $"two nodes are named '{node.Name}'");
            foreach (string input in node.Inputs.Where(input => input.Length > 0))
            {
                Require(known.Contains(input), $"node '{node.Name}' reads '{input}' before anything defines it");
            }

            CheckWeights(network, node);
            foreach (Network body in node.Attributes.Select(attribute => attribute.Value).OfType<Network>())
            {
                Check(body, known);
            }

            foreach (string output in node.Outputs.Where(output => output.Length > 0))
            {
                Define(output);
            }
        }

        foreach (NetworkValue output in network.Outputs)
        {
            Require(known.Contains(output.Name), $"nothing defines the output '{output.Name}'");
        }

        void Define(string name)
        {
            Require(name.Length > 0 && own.Add(name), $"'{name}' is defined twice");
            known.Add(name);
        }

        void Typed(string name, TensorType type) =>
            Require(network.Types.TryGetValue(name, out TensorType? stated) && stated == type, $"'{name}' is {type} but its stated type differs");
    }

    // Plain execution leaves the nodes of other forms out, and staged execution lets them write in the exact node's place: whoever else reads them would read
    // nothing.
    private static void CheckForms(Network network)
    {
        var between = new Dictionary<string, (int Layer, long Form)>(StringComparer.Ordinal);
        Node? exact = null;
        int open = 0;
        int layer = 0;
        foreach (Node node in network.Nodes)
        {
            long form = node.Attributes.Find(LayerAlternatives.Form) is long number ? number : 0;
            Require(form is >= 0 and <= MaxForms, $"node '{node.Name}' has the form {form}, and forms are numbered up to {MaxForms}");
            string value = node.Attributes.Find(LayerAlternatives.Value) as string ?? string.Empty;
            if (form == 0)
            {
                Require(
                    open == 0 && value.Length == 0,
                    $"node '{node.Name}' stands between the nodes of another form of a layer, or names a layer without being a form of it");
                exact = node;
                layer++;
            }
            else
            {
                bool weighted = node.Operator is FusedOperators.Convolution or FusedOperators.Dense && node.Outputs.Length == 1 && exact is not null;

                // A layer on narrower numbers begins with what stores them, and loads them again.
                bool converts = value.Length == 0 && node.Outputs.Length == 1 && exact is not null && (NarrowFlow.IsStore(node) || NarrowFlow.IsLoad(node));
                Require((weighted || converts) && (open == 0 || open == form), $"node '{node.Name}' is no form of the layer before it");
                open = value.Length == 0 ? (int)form : 0;
                bool same = value.Length == 0 || (exact!.Outputs.Contains(value) && TypeOf(value) == TypeOf(node.Outputs[0]));
                Require(same, $"node '{node.Name}' is a form of '{value}', which the layer before it does not compute, or not with the same type");
            }

            foreach (string input in node.Inputs)
            {
                Require(
                    !between.TryGetValue(input, out (int Layer, long Form) writer) || (writer == (layer, form) && input.Length > 0),
                    $"node '{node.Name}' reads '{input}', which only form {writer.Form} of a layer computes");
                Require(
                    form == 0 || input.Length == 0 || !exact!.Outputs.Contains(input),
                    $"node '{node.Name}' is a form of the layer that computes '{input}', and reads it");
            }

            foreach (string output in node.Outputs)
            {
                if (form > 0)
                {
                    between[output] = (layer, value.Length == 0 ? form : Unread);
                }
            }
        }

        Require(
            open == 0 && network.Outputs.All(output => !between.ContainsKey(output.Name)),
            "a form of a layer has no last node, or computes an output of the network");

        TensorType? TypeOf(string name) => network.Types.GetValueOrDefault(name);
    }

    private static void CheckWeights(Network network, Node node)
    {
        bool narrow = NarrowWeights.IsWeighted(node) && network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights)
            && WeightFormats.Of(weights.Element) is WeightFormat.F16 or WeightFormat.I8;
        Require(
            !narrow || NarrowWeights.Of(network, node) is not null,
            $"node '{node.Name}' has narrow weights whose scales are missing or of another number than its output channels");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FileDefectException(TunedModelFailure.Malformed, otherwise);
        }
    }
}
