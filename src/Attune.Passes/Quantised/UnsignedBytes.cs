using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Makes signed bytes unsigned, 128 higher with their zero points, wherever nobody outside sees them: all that stores them and loads them does so by scale and
/// zero point, and nothing between does more than move them.
/// </summary>
internal sealed class UnsignedBytes : IGraphPass
{
    public string Name => "unsigned bytes";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        foreach (ByteFamilies.Family family in new ByteFamilies(editor).All)
        {
            bool closed = !family.HasOtherWriter && !family.HasOtherReader && !family.HasInput && !family.HasOutput;
            if (!closed || family.Members.Any(member => editor.TypeOf(member)!.Element != DataType.Int8))
            {
                continue;
            }

            foreach ((int index, ByteScale bytes) in family.Stores.Concat(family.Loads))
            {
                editor.Replace(index, insertions.With(editor[index]!, bytes.Unsigned));
            }

            foreach (string member in family.Members)
            {
                editor.Define(member, editor.TypeOf(member)! with { Element = DataType.UInt8 });
            }
        }

        return editor.Build();
    }
}
