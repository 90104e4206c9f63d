using Attune.Kernels;

namespace Attune.Runtime;

/// <summary>
/// Checks a network that came from a file: every value is defined once and before it is read, constants and inputs have their types. What operators make of
/// their inputs is checked where they are compiled.
/// </summary>
internal static class NetworkCheck
{
    /// <summary>Checks a network and those inside its attributes.</summary>
    /// <exception cref="FileDefectException">It breaks a rule.</exception>
    public static void Check(Network network) => Check(network, []);

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

    private static void CheckWeights(Network network, Node node)
    {
        bool narrow = WeightNarrowing.IsWeighted(node) && network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights)
            && WeightFormats.Of(weights.Element) is WeightFormat.F16 or WeightFormat.I8;
        Require(!narrow || WeightNarrowing.Of(network, node) is not null, $"node '{node.Name}' has narrow weights whose scales are missing or of another number than its output channels");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FileDefectException(TunedModelFailure.Malformed, otherwise);
        }
    }
}
