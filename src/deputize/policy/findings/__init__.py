"""What is wrong, dangerous or superfluous in a policy, told to the people who write it: each finding with its
place in the text.
"""
