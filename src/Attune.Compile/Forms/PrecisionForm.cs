namespace Attune.Compile.Forms;

/// <summary>A layer that multiplies narrower numbers in another form.</summary>
/// <param name="Node">Name of its exact node.</param>
/// <param name="Form">Number of the form.</param>
/// <param name="Precision">What the form multiplies.</param>
public sealed record PrecisionForm(string Node, int Form, FormPrecision Precision) : LayerForm(Node, Form);
