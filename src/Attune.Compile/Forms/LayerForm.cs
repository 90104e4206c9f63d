namespace Attune.Compile.Forms;

/// <summary>A cheaper form of a layer. One of the records derived from it.</summary>
/// <param name="Node">Name of the layer's exact node.</param>
/// <param name="Form">Number of the form, from 1.</param>
public abstract record LayerForm(string Node, int Form);
