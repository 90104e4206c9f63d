using System.Collections.Immutable;

namespace Attune.Design.Spaces;

/// <summary>How a network comes from a design.</summary>
public abstract record DesignBuild
{
    /// <summary>Text that changes whenever the same genes come to mean other networks; part of every design's id.</summary>
    public abstract string Identity { get; }
}

/// <summary>No network: the space is an encoding of designs that were measured elsewhere.</summary>
public sealed record EncodingOnly : DesignBuild
{
    /// <inheritdoc/>
    public override string Identity => "encoding";
}

/// <summary>A program of the user that writes an ONNX file. Runs only where the user allows it.</summary>
/// <param name="Command">Program and arguments; {design} and {model} stand for the paths of the design's JSON and of the file to write.</param>
/// <param name="Limit">Time after which it is ended.</param>
public sealed record CommandBuild(ImmutableArray<string> Command, TimeSpan Limit) : DesignBuild
{
    /// <inheritdoc/>
    public override string Identity => $"command {string.Join(' ', Command)}";
}

/// <summary>The template of networks like MobileNet v2.</summary>
/// <param name="Template">Its fixed sizes.</param>
public sealed record TemplateBuild(MobileNetTemplate Template) : DesignBuild
{
    /// <inheritdoc/>
    public override string Identity => Template.Identity;
}
