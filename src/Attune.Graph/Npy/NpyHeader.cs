using System.Collections.Immutable;

namespace Attune.Graph.Npy;

/// <summary>The header of a .npy file: a Python dictionary with exactly three keys.</summary>
/// <param name="Descriptor">Element type, for example &lt;f4.</param>
/// <param name="Shape">Extents, outermost first.</param>
internal sealed record NpyHeader(string Descriptor, ImmutableArray<long> Shape)
{
    private const int MaximumRank = 32;

    /// <summary>Number of elements.</summary>
    /// <exception cref="FormatException">More than can be addressed.</exception>
    public long Count()
    {
        try
        {
            return Shape.Aggregate(1L, (product, extent) => checked(product * extent));
        }
        catch (OverflowException overflow)
        {
            throw new FormatException($"A shape of {string.Join('x', Shape)} has more elements than can be addressed.", overflow);
        }
    }

    /// <summary>Reads the dictionary.</summary>
    /// <exception cref="FormatException">It is not the header of a plain C-order array.</exception>
    public static NpyHeader Parse(string text)
    {
        var cursor = new Cursor(text);
        string? descriptor = null;
        bool? fortran = null;
        ImmutableArray<long>? shape = null;
        cursor.Expect('{');
        while (!cursor.Take('}'))
        {
            string key = cursor.Quoted();
            cursor.Expect(':');
            switch (key)
            {
                case "descr":
                    descriptor = cursor.Quoted();
                    break;
                case "fortran_order":
                    fortran = cursor.Boolean();
                    break;
                case "shape":
                    shape = cursor.Tuple();
                    break;
                default:
                    throw new FormatException($"The header has an unknown key '{key}'.");
            }

            if (!cursor.Take(','))
            {
                cursor.Expect('}');
                break;
            }
        }

        if (descriptor is null || fortran is null || shape is null)
        {
            throw new FormatException("The header lacks one of descr, fortran_order and shape.");
        }

        return fortran.Value && shape.Value.Length > 1
            ? throw new FormatException("The array is stored in Fortran order; only C order is supported.")
            : new NpyHeader(descriptor, shape.Value);
    }

    private sealed class Cursor(string text)
    {
        private int position;

        public bool Take(char expected)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position >= text.Length || text[position] != expected)
            {
                return false;
            }

            position++;
            return true;
        }

        public void Expect(char expected)
        {
            if (!Take(expected))
            {
                throw new FormatException($"The header is malformed at character {position}: '{expected}' was expected.");
            }
        }

        public string Quoted()
        {
            char quote = Take('\'') ? '\'' : '"';
            if (quote == '"')
            {
                Expect('"');
            }

            int end = text.IndexOf(quote, position);
            if (end < 0)
            {
                throw new FormatException("The header has an unfinished text; structured element types are not supported.");
            }

            string value = text[position..end];
            position = end + 1;
            return value;
        }

        public bool Boolean()
        {
            Take('\0');
            foreach ((string word, bool value) in new[] { ("True", true), ("False", false) })
            {
                if (text.AsSpan(position).StartsWith(word))
                {
                    position += word.Length;
                    return value;
                }
            }

            throw new FormatException($"The header is malformed at character {position}: True or False was expected.");
        }

        public ImmutableArray<long> Tuple()
        {
            var extents = ImmutableArray.CreateBuilder<long>();
            Expect('(');
            while (!Take(')'))
            {
                extents.Add(Number());
                if (extents.Count > MaximumRank)
                {
                    throw new FormatException($"More than {MaximumRank} axes.");
                }

                if (!Take(','))
                {
                    Expect(')');
                    break;
                }
            }

            return extents.ToImmutable();
        }

        private long Number()
        {
            Take('\0');
            int end = position;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (!long.TryParse(text.AsSpan(position, end - position), out long value))
            {
                throw new FormatException($"The header is malformed at character {position}: an extent was expected.");
            }

            position = end;
            return value;
        }
    }
}
